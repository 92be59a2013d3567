import { type Iam, type Input, nowMs, type Output } from "./context.ts";
import { alreadyExists, iamValidation, noSuchEntity } from "./errors.ts";
import type { OidcProviderRecord } from "../../policy/identity-records.ts";
import { addTags, removeTags } from "./tags.ts";

/** Creates an identity provider for an `https` issuer. An issuer has at most one. */
export function createOpenIDConnectProvider(
  iam: Iam,
  input: Input<"CreateOpenIDConnectProvider">,
): Output<"CreateOpenIDConnectProvider"> {
  const url = /^https:\/\/(.+?)\/?$/.exec(input.Url)?.[1];
  if (url === undefined) throw iamValidation("Invalid Open ID Connect Provider URL");
  const arn = `arn:aws:iam::${iam.cloud.account}:oidc-provider/${url}`;
  if (iam.oidcProviders.get(arn)) throw alreadyExists(`Provider with url ${input.Url} already exists.`);
  const tags = addTags([], input.Tags);
  iam.oidcProviders.put(arn, {
    arn,
    url,
    clientIds: input.ClientIDList ?? [],
    thumbprints: input.ThumbprintList ?? [],
    createdMs: nowMs(iam),
    tags,
  });
  return { OpenIDConnectProviderArn: arn, ...(tags.length > 0 ? { Tags: tags } : {}) };
}

/** Returns a provider's URL, client ids, thumbprints and tags. */
export function getOpenIDConnectProvider(
  iam: Iam,
  input: Input<"GetOpenIDConnectProvider">,
): Output<"GetOpenIDConnectProvider"> {
  const provider = requireProvider(iam, input.OpenIDConnectProviderArn);
  return {
    Url: provider.url,
    ClientIDList: [...provider.clientIds],
    ThumbprintList: [...provider.thumbprints],
    CreateDate: new Date(provider.createdMs),
    ...(provider.tags.length > 0 ? { Tags: [...provider.tags] } : {}),
  };
}

/** Lists the account's providers by ARN. */
export function listOpenIDConnectProviders(iam: Iam): Output<"ListOpenIDConnectProviders"> {
  return { OpenIDConnectProviderList: iam.oidcProviders.list().map(([Arn]) => ({ Arn })) };
}

/** Deletes a provider. Roles that trust it can no longer be assumed with its tokens. */
export function deleteOpenIDConnectProvider(iam: Iam, input: Input<"DeleteOpenIDConnectProvider">): object {
  iam.oidcProviders.delete(requireProvider(iam, input.OpenIDConnectProviderArn).arn);
  return {};
}

/** Replaces a provider's thumbprints. */
export function updateOpenIDConnectProviderThumbprint(
  iam: Iam,
  input: Input<"UpdateOpenIDConnectProviderThumbprint">,
): object {
  return change(iam, input, () => ({ thumbprints: input.ThumbprintList ?? [] }));
}

/** Adds a client id. Doing it again is not an error. */
export function addClientIDToOpenIDConnectProvider(
  iam: Iam,
  input: Input<"AddClientIDToOpenIDConnectProvider">,
): object {
  return change(iam, input, ({ clientIds }) => ({ clientIds: [...new Set([...clientIds, input.ClientID])] }));
}

/** Removes a client id. An unknown one is not an error. */
export function removeClientIDFromOpenIDConnectProvider(
  iam: Iam,
  input: Input<"RemoveClientIDFromOpenIDConnectProvider">,
): object {
  return change(iam, input, ({ clientIds }) => ({ clientIds: clientIds.filter((id) => id !== input.ClientID) }));
}

/** Adds tags to a provider, or overwrites them: at most 50. */
export function tagOpenIDConnectProvider(iam: Iam, input: Input<"TagOpenIDConnectProvider">): object {
  return change(iam, input, ({ tags }) => ({ tags: addTags(tags, input.Tags) }));
}

/** Removes tags by their keys. Keys that the provider does not have are ignored. */
export function untagOpenIDConnectProvider(iam: Iam, input: Input<"UntagOpenIDConnectProvider">): object {
  return change(iam, input, ({ tags }) => ({ tags: removeTags(tags, input.TagKeys) }));
}

function change(
  iam: Iam,
  input: { OpenIDConnectProviderArn?: string | undefined },
  changes: (provider: OidcProviderRecord) => Partial<OidcProviderRecord>,
): object {
  const provider = requireProvider(iam, input.OpenIDConnectProviderArn);
  iam.oidcProviders.put(provider.arn, { ...provider, ...changes(provider) });
  return {};
}

function requireProvider(iam: Iam, arn: string | undefined): OidcProviderRecord {
  const provider = iam.oidcProviders.get(arn ?? "");
  if (provider === undefined) throw noSuchEntity(`OpenIDConnect Provider not found for arn ${arn}`);
  return provider;
}
