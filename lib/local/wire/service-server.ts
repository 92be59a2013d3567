import type { MissingMembersQuirk } from "./check-input.ts";
import { AwsCborProtocol } from "./rpc-aws-cbor.ts";
import { CborRpcProtocol } from "./rpc-cbor.ts";
import { JsonRpcProtocol } from "./rpc-json.ts";
import { QueryProtocol } from "./query-protocol.ts";
import { REST_JSON } from "./rest-json.ts";
import { RestProtocol } from "./rest-protocol.ts";
import { restXml, type XmlQuirks } from "./rest-xml.ts";
import type { ServerProtocol } from "./protocol.ts";
import type { ProtocolName, ServiceModel } from "./service-model.ts";
import type { WireRequest } from "./wire-message.ts";

/** What a service speaks beside its SDK client's protocol, and what its schemas do not tell. */
export interface WireQuirks extends XmlQuirks {
  /** Protocols that other clients speak to it. */
  readonly alsoSpeaks?: readonly ProtocolName[];
  /** The part before the `#` of `__type`, by the error's name; `*` is for all others. Left out: no namespace. */
  readonly errorNamespaces?: Readonly<Record<string, string>>;
  /** The namespace of XML answers, where the SDK's client does not speak Query and so does not know it. */
  readonly xmlNamespace?: string;
  readonly missingMembers?: MissingMembersQuirk;
}

/** A service's protocols, each made on first use. */
export class ServiceServer {
  readonly model: ServiceModel;
  readonly quirks: WireQuirks;
  readonly #protocols = new Map<ProtocolName, ServerProtocol>();

  constructor(model: ServiceModel, quirks: WireQuirks = {}) {
    this.model = model;
    this.quirks = quirks;
  }

  /** The protocol that the request is written in, or undefined when the service does not speak it. */
  protocolOf(request: WireRequest): ServerProtocol | undefined {
    const { protocol } = this.model;
    if (protocol === "restJson1" || protocol === "restXml") return this.#get(protocol);
    const spoken = spokenProtocol(request);
    if (spoken === undefined) return undefined;
    return this.#speaks(spoken) ? this.#get(spoken) : undefined;
  }

  /** The protocol in which an answer is given when nothing better is known. */
  get ownProtocol(): ServerProtocol {
    return this.#get(this.model.protocol);
  }

  #speaks(name: ProtocolName): boolean {
    const { protocol, queryCompatible } = this.model;
    if (name === protocol || this.quirks.alsoSpeaks?.includes(name)) return true;
    if (name.startsWith("awsJson") && protocol.startsWith("awsJson")) return true;
    return name === "awsQuery" && (queryCompatible || protocol === "ec2Query");
  }

  #get(name: ProtocolName): ServerProtocol {
    let protocol = this.#protocols.get(name);
    if (protocol === undefined) {
      protocol = this.#make(name);
      this.#protocols.set(name, protocol);
    }
    return protocol;
  }

  #make(name: ProtocolName): ServerProtocol {
    switch (name) {
      case "restJson1":
        return new RestProtocol(this.model, REST_JSON);
      case "restXml":
        return new RestProtocol(this.model, restXml(this.quirks));
      case "awsJson1_0":
        return new JsonRpcProtocol(this.model, "1.0", this.quirks.errorNamespaces);
      case "awsJson1_1":
        return new JsonRpcProtocol(this.model, "1.1", this.quirks.errorNamespaces);
      case "rpcv2Cbor":
        return new CborRpcProtocol(this.model);
      case "awsCbor1_1":
        return new AwsCborProtocol(this.model);
      default:
        return this.#makeQuery();
    }
  }
  #makeQuery(): QueryProtocol {
    const { xmlNamespace = this.model.xmlNamespace } = this.quirks;
    const flavour = this.model.protocol === "ec2Query" ? "ec2Query" : "awsQuery";
    return new QueryProtocol({ ...this.model, xmlNamespace }, flavour);
  }
}

/** The RPC protocol that a request is written in, by its headers. */
export function spokenProtocol({ headers, query }: Pick<WireRequest, "headers" | "query">): ProtocolName | undefined {
  if (headers["smithy-protocol"] === "rpc-v2-cbor") return "rpcv2Cbor";
  const contentType = headers["content-type"] ?? "";
  if (headers["x-amz-target"] !== undefined) {
    if (contentType.startsWith("application/x-amz-cbor-1.1")) return "awsCbor1_1";
    return contentType.startsWith("application/x-amz-json-1.0") ? "awsJson1_0" : "awsJson1_1";
  }
  if (contentType.startsWith("application/x-www-form-urlencoded") || query.has("Action")) return "awsQuery";
  return undefined;
}
