import { createHash } from "node:crypto";
import type { PhysicalResource, Properties, ResourceContext, ResourceType } from "./resource-type.ts";

/** A type that is kept and answered for, without any effect on a laptop: how its ids and attributes look. */
interface KeptType {
  readonly type: string;
  /** What the id begins with, `vpc-0123456789abcdef0`; without one the id is `stack-logical-random`. */
  readonly prefix?: string;
  readonly attributes?: (id: string, properties: Properties, context: ResourceContext) => Record<string, unknown>;
  /** What the resource is called, where that is not a new id. */
  readonly id?: (properties: Properties, context: ResourceContext) => string;
}

const KEPT: readonly KeptType[] = [
  {
    type: "AWS::EC2::VPC",
    prefix: "vpc",
    attributes: (id, { CidrBlock }, context) => ({
      VpcId: id,
      CidrBlock,
      CidrBlockAssociations: [related("vpc-cidr-assoc", context)],
      DefaultNetworkAcl: related("acl", context),
      DefaultSecurityGroup: related("sg", context),
      Ipv6CidrBlocks: [],
    }),
  },
  {
    type: "AWS::EC2::Subnet",
    prefix: "subnet",
    attributes: (id, properties, context) => ({
      SubnetId: id,
      VpcId: properties.VpcId,
      CidrBlock: properties.CidrBlock,
      AvailabilityZone: properties.AvailabilityZone ?? `${context.region}a`,
      NetworkAclAssociationId: related("aclassoc", context),
      Ipv6CidrBlocks: [],
      OutpostArn: "",
    }),
  },
  {
    type: "AWS::EC2::SecurityGroup",
    prefix: "sg",
    attributes: (id, properties, context) => ({
      Id: id,
      GroupId: id,
      GroupName: properties.GroupName ?? context.name({ maxLength: 255 }),
      VpcId: properties.VpcId,
    }),
  },
  { type: "AWS::EC2::SecurityGroupIngress", prefix: "sgr", attributes: (id) => ({ Id: id }) },
  { type: "AWS::EC2::SecurityGroupEgress", prefix: "sgr", attributes: (id) => ({ Id: id }) },
  { type: "AWS::EC2::RouteTable", prefix: "rtb", attributes: (id) => ({ RouteTableId: id }) },
  {
    type: "AWS::EC2::Route",
    id: ({ RouteTableId, DestinationCidrBlock }) => `${String(RouteTableId)}|${String(DestinationCidrBlock)}`,
  },
  { type: "AWS::EC2::SubnetRouteTableAssociation", prefix: "rtbassoc", attributes: (id) => ({ Id: id }) },
  { type: "AWS::EC2::InternetGateway", prefix: "igw", attributes: (id) => ({ InternetGatewayId: id }) },
  { type: "AWS::EC2::EgressOnlyInternetGateway", prefix: "eigw", attributes: (id) => ({ Id: id }) },
  {
    type: "AWS::EC2::VPCGatewayAttachment",
    id: ({ VpcId, InternetGatewayId }) => `${InternetGatewayId === undefined ? "VGW" : "IGW"}|${String(VpcId)}`,
    attributes: () => ({ AttachmentType: "IGW" }),
  },
  { type: "AWS::EC2::NatGateway", prefix: "nat", attributes: (id) => ({ NatGatewayId: id }) },
  {
    type: "AWS::EC2::EIP",
    id: (_properties, context) => publicAddress(context),
    attributes: (id, _properties, context) => ({ PublicIp: id, AllocationId: related("eipalloc", context) }),
  },
  {
    type: "AWS::EC2::VPCEndpoint",
    prefix: "vpce",
    attributes: (id, _properties, { region, cloud }) => ({
      Id: id,
      CreationTimestamp: new Date(cloud.clock.now()).toISOString(),
      DnsEntries: [`Z0000000000000:${id}.${region}.vpce.amazonaws.com`],
      NetworkInterfaceIds: [],
    }),
  },
  { type: "AWS::EC2::VPCCidrBlock", prefix: "vpc-cidr-assoc", attributes: (id) => ({ Id: id }) },
  { type: "AWS::EC2::NetworkAcl", prefix: "acl", attributes: (id) => ({ Id: id }) },
  { type: "AWS::EC2::NetworkAclEntry", attributes: (id) => ({ Id: id }) },
  { type: "AWS::EC2::SubnetNetworkAclAssociation", prefix: "aclassoc", attributes: (id) => ({ AssociationId: id }) },
  { type: "AWS::EC2::FlowLog", prefix: "fl", attributes: (id) => ({ Id: id }) },
  { type: "AWS::EC2::DHCPOptions", prefix: "dopt", attributes: (id) => ({ DhcpOptionsId: id }) },
  { type: "AWS::EC2::VPCDHCPOptionsAssociation" },
  { type: "AWS::ApiGatewayV2::VpcLink", attributes: (id) => ({ VpcLinkId: id }) },
];

/** The types that have no effect here. They keep their properties, have ids, and are reported as `kept, no effect`. */
export const keptTypes: readonly ResourceType[] = KEPT.map((kept) => ({
  type: kept.type,
  kept: true,
  create: async (desired, context) => physical(kept, idOf(kept, desired, context), desired, context),
  update: async (desired, current, context) => ({
    ...physical(kept, current.physicalId, desired, context),
    attributes: { ...physical(kept, current.physicalId, desired, context).attributes, ...fixed(current.attributes) },
  }),
  delete: async () => undefined,
}));

function idOf(kept: KeptType, desired: Properties, context: ResourceContext): string {
  if (kept.id) return kept.id(desired, context);
  return kept.prefix === undefined ? context.name({ maxLength: 255 }) : related(kept.prefix, context);
}

function physical(kept: KeptType, id: string, desired: Properties, context: ResourceContext): PhysicalResource {
  return { physicalId: id, attributes: kept.attributes?.(id, desired, context) };
}

/** What an update does not change: everything that names something. */
function fixed(attributes: PhysicalResource["attributes"] = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== "CidrBlock"));
}

/** An id in EC2's form, the same for every try of the step. */
function related(prefix: string, context: ResourceContext): string {
  return `${prefix}-0${createHash("sha256").update(`${prefix}/${context.requestToken}`).digest("hex").slice(0, 16)}`;
}

/** An address of the range that RFC 5737 keeps for examples. */
function publicAddress(context: ResourceContext): string {
  return `203.0.113.${(createHash("sha256").update(context.requestToken).digest()[0]! % 254) + 1}`;
}
