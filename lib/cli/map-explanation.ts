import type { Aws } from "../aws/aws.ts";
import { mapTrace } from "../look/traces/map-trace.ts";
import type { TraceMapper } from "../look/traces/trace-mapper.ts";
import type { Explanation } from "../release/engine.ts";

type MemberFailures = NonNullable<Explanation["failures"]>[number];

/** An explanation whose stack traces name the user's TypeScript, as those of `logs` do. */
export async function mapExplanation(explanation: Explanation, aws: Aws, mapper: TraceMapper): Promise<Explanation> {
  const { failures } = explanation;
  if (failures === undefined) return explanation;
  return { ...explanation, failures: await Promise.all(failures.map((one) => mapMember(one, aws, mapper))) };
}

async function mapMember(member: MemberFailures, aws: Aws, { maps, exists }: TraceMapper): Promise<MemberFailures> {
  const { target, version, failures } = member;
  if (target?.kind !== "function") return member;
  const { name, region = aws.options.region } = target;
  const wanted = { aws: aws.inRegion(region), functionName: name, version };
  const mapped = failures.map(async (failure) => ({
    ...failure,
    stack: await mapTrace(failure.stack, { maps: () => maps.of(wanted), exists }),
  }));
  return { ...member, failures: await Promise.all(mapped) };
}
