// Written by scripts/generate-property-types.ts from resource-schemas.json. Do not edit.

/**
 * The properties of each carried resource type, as a handler gets them: checked against the schema, and every scalar in
 * the schema's type.
 */
export interface ResourceProperties {
  readonly "AWS::ApiGatewayV2::Api": {
    readonly ApiKeySelectionExpression?: string;
    readonly BasePath?: string;
    readonly Body?: unknown;
    readonly BodyS3Location?: {
      readonly Bucket?: string;
      readonly Etag?: string;
      readonly Key?: string;
      readonly Version?: string;
    };
    readonly CorsConfiguration?: {
      readonly AllowCredentials?: boolean;
      readonly AllowHeaders?: readonly (string)[];
      readonly AllowMethods?: readonly (string)[];
      readonly AllowOrigins?: readonly (string)[];
      readonly ExposeHeaders?: readonly (string)[];
      readonly MaxAge?: number;
    };
    readonly CredentialsArn?: string;
    readonly Description?: string;
    readonly DisableExecuteApiEndpoint?: boolean;
    readonly DisableSchemaValidation?: boolean;
    readonly FailOnWarnings?: boolean;
    readonly IpAddressType?: string;
    readonly Name?: string;
    readonly ProtocolType?: string;
    readonly RouteKey?: string;
    readonly RouteSelectionExpression?: string;
    readonly Tags?: Readonly<Record<string, string>>;
    readonly Target?: string;
    readonly Version?: string;
  };
  readonly "AWS::ApiGatewayV2::ApiMapping": {
    readonly ApiId: string;
    readonly ApiMappingKey?: string;
    readonly DomainName: string;
    readonly Stage: string;
  };
  readonly "AWS::ApiGatewayV2::Authorizer": {
    readonly ApiId: string;
    readonly AuthorizerCredentialsArn?: string;
    readonly AuthorizerPayloadFormatVersion?: string;
    readonly AuthorizerResultTtlInSeconds?: number;
    readonly AuthorizerType: string;
    readonly AuthorizerUri?: string;
    readonly EnableSimpleResponses?: boolean;
    readonly IdentitySource?: readonly (string)[];
    readonly IdentityValidationExpression?: string;
    readonly JwtConfiguration?: {
      readonly Audience?: readonly (string)[];
      readonly Issuer?: string;
    };
    readonly Name: string;
  };
  readonly "AWS::ApiGatewayV2::Deployment": {
    readonly ApiId: string;
    readonly Description?: string;
    readonly StageName?: string;
  };
  readonly "AWS::ApiGatewayV2::DomainName": {
    readonly DomainName: string;
    readonly DomainNameConfigurations?: readonly ({
      readonly CertificateArn?: string;
      readonly CertificateName?: string;
      readonly EndpointType?: string;
      readonly IpAddressType?: string;
      readonly OwnershipVerificationCertificateArn?: string;
      readonly SecurityPolicy?: string;
    })[];
    readonly MutualTlsAuthentication?: {
      readonly TruststoreUri?: string;
      readonly TruststoreVersion?: string;
    };
    readonly RoutingMode?: string;
    readonly Tags?: Readonly<Record<string, string>>;
  };
  readonly "AWS::ApiGatewayV2::Integration": {
    readonly ApiId: string;
    readonly ConnectionId?: string;
    readonly ConnectionType?: string;
    readonly ContentHandlingStrategy?: string;
    readonly CredentialsArn?: string;
    readonly Description?: string;
    readonly IntegrationMethod?: string;
    readonly IntegrationSubtype?: string;
    readonly IntegrationType: string;
    readonly IntegrationUri?: string;
    readonly PassthroughBehavior?: string;
    readonly PayloadFormatVersion?: string;
    readonly RequestParameters?: Readonly<Record<string, string>>;
    readonly RequestTemplates?: Readonly<Record<string, string>>;
    readonly ResponseParameters?: Readonly<Record<string, {
      readonly ResponseParameters?: readonly ({
        readonly Destination?: string;
        readonly Source?: string;
      })[];
    }>>;
    readonly TemplateSelectionExpression?: string;
    readonly TimeoutInMillis?: number;
    readonly TlsConfig?: {
      readonly ServerNameToVerify?: string;
    };
  };
  readonly "AWS::ApiGatewayV2::IntegrationResponse": {
    readonly ApiId: string;
    readonly ContentHandlingStrategy?: string;
    readonly IntegrationId: string;
    readonly IntegrationResponseKey: string;
    readonly ResponseParameters?: unknown;
    readonly ResponseTemplates?: unknown;
    readonly TemplateSelectionExpression?: string;
  };
  readonly "AWS::ApiGatewayV2::Model": {
    readonly ApiId: string;
    readonly ContentType?: string;
    readonly Description?: string;
    readonly Name: string;
    readonly Schema: unknown;
  };
  readonly "AWS::ApiGatewayV2::Route": {
    readonly ApiId: string;
    readonly ApiKeyRequired?: boolean;
    readonly AuthorizationScopes?: readonly (string)[];
    readonly AuthorizationType?: string;
    readonly AuthorizerId?: string;
    readonly ModelSelectionExpression?: string;
    readonly OperationName?: string;
    readonly RequestModels?: unknown;
    readonly RequestParameters?: unknown;
    readonly RouteKey: string;
    readonly RouteResponseSelectionExpression?: string;
    readonly Target?: string;
  };
  readonly "AWS::ApiGatewayV2::RouteResponse": {
    readonly ApiId: string;
    readonly ModelSelectionExpression?: string;
    readonly ResponseModels?: unknown;
    readonly ResponseParameters?: Readonly<Record<string, {
      readonly Required: boolean;
    }>>;
    readonly RouteId: string;
    readonly RouteResponseKey: string;
  };
  readonly "AWS::ApiGatewayV2::Stage": {
    readonly AccessLogSettings?: {
      readonly DestinationArn?: string;
      readonly Format?: string;
    };
    readonly AccessPolicyId?: string;
    readonly ApiId: string;
    readonly AutoDeploy?: boolean;
    readonly ClientCertificateId?: string;
    readonly DefaultRouteSettings?: {
      readonly DataTraceEnabled?: boolean;
      readonly DetailedMetricsEnabled?: boolean;
      readonly LoggingLevel?: string;
      readonly ThrottlingBurstLimit?: number;
      readonly ThrottlingRateLimit?: number;
    };
    readonly DeploymentId?: string;
    readonly Description?: string;
    readonly RouteSettings?: unknown;
    readonly StageName: string;
    readonly StageVariables?: unknown;
    readonly Tags?: unknown;
  };
  readonly "AWS::ApiGatewayV2::VpcLink": {
    readonly Name: string;
    readonly SecurityGroupIds?: readonly (string)[];
    readonly SubnetIds: readonly (string)[];
    readonly Tags?: Readonly<Record<string, string>>;
  };
  readonly "AWS::CloudFormation::Stack": {
    readonly NotificationARNs?: readonly (string)[];
    readonly Parameters?: Readonly<Record<string, string>>;
    readonly Tags?: readonly (unknown)[];
    readonly TemplateURL?: string;
    readonly TimeoutInMinutes?: number;
  };
  readonly "AWS::CloudFormation::WaitCondition": {
    readonly Count?: number;
    readonly Handle?: string;
    readonly Timeout?: string;
  };
  readonly "AWS::CloudFormation::WaitConditionHandle": object;
  readonly "AWS::CloudWatch::Alarm": {
    readonly ActionsEnabled?: boolean;
    readonly AlarmActions?: readonly (string)[];
    readonly AlarmDescription?: string;
    readonly AlarmName?: string;
    readonly ComparisonOperator?: string;
    readonly DatapointsToAlarm?: number;
    readonly Dimensions?: readonly ({
      readonly Name: string;
      readonly Value: string;
    })[];
    readonly EvaluateLowSampleCountPercentile?: string;
    readonly EvaluationCriteria?: {
      readonly PromQLCriteria?: {
        readonly PendingPeriod?: number;
        readonly Query?: string;
        readonly RecoveryPeriod?: number;
      };
    };
    readonly EvaluationInterval?: number;
    readonly EvaluationPeriods?: number;
    readonly EvaluationWindow?: {
      readonly SlidingWindow?: unknown;
      readonly WallClockWindow?: {
        readonly Timezone?: string;
      };
    };
    readonly ExtendedStatistic?: string;
    readonly InsufficientDataActions?: readonly (string)[];
    readonly MetricName?: string;
    readonly Metrics?: readonly ({
      readonly AccountId?: string;
      readonly Expression?: string;
      readonly Id: string;
      readonly Label?: string;
      readonly MetricStat?: {
        readonly Metric: {
          readonly Dimensions?: readonly ({
            readonly Name: string;
            readonly Value: string;
          })[];
          readonly MetricName?: string;
          readonly Namespace?: string;
        };
        readonly Period: number;
        readonly Stat: string;
        readonly Unit?: string;
      };
      readonly Period?: number;
      readonly ReturnData?: boolean;
    })[];
    readonly Namespace?: string;
    readonly OKActions?: readonly (string)[];
    readonly Period?: number;
    readonly Statistic?: string;
    readonly Tags?: readonly (unknown)[];
    readonly Threshold?: number;
    readonly ThresholdMetricId?: string;
    readonly TreatMissingData?: string;
    readonly Unit?: string;
    readonly WarmUpConfiguration?: {
      readonly OnlyStartEvaluatingAfterWarmUpPeriodEnds?: boolean;
      readonly WarmUpPeriodDurationInMinutes?: number;
    };
  };
  readonly "AWS::CloudWatch::CompositeAlarm": {
    readonly ActionsEnabled?: boolean;
    readonly ActionsSuppressor?: string;
    readonly ActionsSuppressorExtensionPeriod?: number;
    readonly ActionsSuppressorWaitPeriod?: number;
    readonly AlarmActions?: readonly (string)[];
    readonly AlarmDescription?: string;
    readonly AlarmName?: string;
    readonly AlarmRule: string;
    readonly InsufficientDataActions?: readonly (string)[];
    readonly OKActions?: readonly (string)[];
    readonly Tags?: readonly (unknown)[];
  };
  readonly "AWS::CloudWatch::Dashboard": {
    readonly DashboardBody: string;
    readonly DashboardName?: string;
    readonly Tags?: readonly (unknown)[];
  };
  readonly "AWS::DynamoDB::GlobalTable": {
    readonly AttributeDefinitions?: readonly ({
      readonly AttributeName: string;
      readonly AttributeType: string;
    })[];
    readonly BillingMode?: string;
    readonly GlobalSecondaryIndexes?: readonly ({
      readonly IndexName: string;
      readonly KeySchema: readonly ({
        readonly AttributeName: string;
        readonly KeyType: string;
      })[];
      readonly Projection: {
        readonly NonKeyAttributes?: readonly (string)[];
        readonly ProjectionType?: string;
      };
      readonly ReadOnDemandThroughputSettings?: {
        readonly MaxReadRequestUnits?: number;
      };
      readonly ReadProvisionedThroughputSettings?: {
        readonly ReadCapacityUnits?: number;
      };
      readonly WarmThroughput?: {
        readonly ReadUnitsPerSecond?: number;
        readonly WriteUnitsPerSecond?: number;
      };
      readonly WriteOnDemandThroughputSettings?: {
        readonly MaxWriteRequestUnits?: number;
      };
      readonly WriteProvisionedThroughputSettings?: {
        readonly WriteCapacityAutoScalingSettings?: {
          readonly MaxCapacity: number;
          readonly MinCapacity: number;
          readonly SeedCapacity?: number;
          readonly TargetTrackingScalingPolicyConfiguration: {
            readonly DisableScaleIn?: boolean;
            readonly ScaleInCooldown?: number;
            readonly ScaleOutCooldown?: number;
            readonly TargetValue: number;
          };
        };
      };
    })[];
    readonly GlobalTableSourceArn?: string;
    readonly GlobalTableWitnesses?: readonly ({
      readonly Region?: string;
    })[];
    readonly KeySchema?: readonly ({
      readonly AttributeName: string;
      readonly KeyType: string;
    })[];
    readonly LocalSecondaryIndexes?: readonly ({
      readonly IndexName: string;
      readonly KeySchema: readonly ({
        readonly AttributeName: string;
        readonly KeyType: string;
      })[];
      readonly Projection: {
        readonly NonKeyAttributes?: readonly (string)[];
        readonly ProjectionType?: string;
      };
    })[];
    readonly MultiRegionConsistency?: string;
    readonly ReadOnDemandThroughputSettings?: {
      readonly MaxReadRequestUnits?: number;
    };
    readonly ReadProvisionedThroughputSettings?: {
      readonly ReadCapacityUnits?: number;
    };
    readonly Replicas: readonly ({
      readonly ContributorInsightsSpecification?: {
        readonly Enabled: boolean;
        readonly Mode?: string;
      };
      readonly DeletionProtectionEnabled?: boolean;
      readonly GlobalSecondaryIndexes?: readonly ({
        readonly ContributorInsightsSpecification?: {
          readonly Enabled: boolean;
          readonly Mode?: string;
        };
        readonly IndexName: string;
        readonly ReadOnDemandThroughputSettings?: {
          readonly MaxReadRequestUnits?: number;
        };
        readonly ReadProvisionedThroughputSettings?: {
          readonly ReadCapacityAutoScalingSettings?: {
            readonly MaxCapacity: number;
            readonly MinCapacity: number;
            readonly SeedCapacity?: number;
            readonly TargetTrackingScalingPolicyConfiguration: {
              readonly DisableScaleIn?: boolean;
              readonly ScaleInCooldown?: number;
              readonly ScaleOutCooldown?: number;
              readonly TargetValue: number;
            };
          };
          readonly ReadCapacityUnits?: number;
        };
      })[];
      readonly GlobalTableSettingsReplicationMode?: string;
      readonly KinesisStreamSpecification?: {
        readonly ApproximateCreationDateTimePrecision?: string;
        readonly StreamArn: string;
      };
      readonly PointInTimeRecoverySpecification?: {
        readonly PointInTimeRecoveryEnabled?: boolean;
        readonly RecoveryPeriodInDays?: number;
      };
      readonly ReadOnDemandThroughputSettings?: {
        readonly MaxReadRequestUnits?: number;
      };
      readonly ReadProvisionedThroughputSettings?: {
        readonly ReadCapacityAutoScalingSettings?: {
          readonly MaxCapacity: number;
          readonly MinCapacity: number;
          readonly SeedCapacity?: number;
          readonly TargetTrackingScalingPolicyConfiguration: {
            readonly DisableScaleIn?: boolean;
            readonly ScaleInCooldown?: number;
            readonly ScaleOutCooldown?: number;
            readonly TargetValue: number;
          };
        };
        readonly ReadCapacityUnits?: number;
      };
      readonly Region: string;
      readonly ReplicaStreamSpecification?: {
        readonly ResourcePolicy?: {
          readonly PolicyDocument: unknown;
        };
        readonly Tags?: readonly (unknown)[];
      };
      readonly ResourcePolicy?: {
        readonly PolicyDocument: unknown;
      };
      readonly SSESpecification?: {
        readonly KMSMasterKeyId: string;
      };
      readonly TableClass?: string;
      readonly Tags?: readonly (unknown)[];
    })[];
    readonly SSESpecification?: {
      readonly SSEEnabled: boolean;
      readonly SSEType?: string;
    };
    readonly StreamSpecification?: {
      readonly StreamViewType: string;
    };
    readonly TableName?: string;
    readonly TimeToLiveSpecification?: {
      readonly AttributeName?: string;
      readonly Enabled: boolean;
    };
    readonly VectorIndexes?: readonly ({
      readonly Dimensions: number;
      readonly DistanceFunction: string;
      readonly IndexName: string;
      readonly Projection: {
        readonly NonKeyAttributes?: readonly (string)[];
        readonly ProjectionType?: string;
      };
      readonly SearchSchema?: readonly ({
        readonly AttributeName: string;
        readonly SearchSchemaElementType: string;
      })[];
      readonly VectorAttribute: {
        readonly AttributeName: string;
      };
    })[];
    readonly WarmThroughput?: {
      readonly ReadUnitsPerSecond?: number;
      readonly WriteUnitsPerSecond?: number;
    };
    readonly WriteOnDemandThroughputSettings?: {
      readonly MaxWriteRequestUnits?: number;
    };
    readonly WriteProvisionedThroughputSettings?: {
      readonly WriteCapacityAutoScalingSettings?: {
        readonly MaxCapacity: number;
        readonly MinCapacity: number;
        readonly SeedCapacity?: number;
        readonly TargetTrackingScalingPolicyConfiguration: {
          readonly DisableScaleIn?: boolean;
          readonly ScaleInCooldown?: number;
          readonly ScaleOutCooldown?: number;
          readonly TargetValue: number;
        };
      };
    };
  };
  readonly "AWS::DynamoDB::Table": {
    readonly AttributeDefinitions?: readonly ({
      readonly AttributeName: string;
      readonly AttributeType: string;
    })[];
    readonly BillingMode?: string;
    readonly ContributorInsightsSpecification?: {
      readonly Enabled: boolean;
      readonly Mode?: string;
    };
    readonly DeletionProtectionEnabled?: boolean;
    readonly GlobalSecondaryIndexes?: readonly ({
      readonly ContributorInsightsSpecification?: {
        readonly Enabled: boolean;
        readonly Mode?: string;
      };
      readonly IndexName: string;
      readonly KeySchema: readonly ({
        readonly AttributeName: string;
        readonly KeyType: string;
      })[];
      readonly OnDemandThroughput?: {
        readonly MaxReadRequestUnits?: number;
        readonly MaxWriteRequestUnits?: number;
      };
      readonly Projection: {
        readonly NonKeyAttributes?: readonly (string)[];
        readonly ProjectionType?: string;
      };
      readonly ProvisionedThroughput?: {
        readonly ReadCapacityUnits: number;
        readonly WriteCapacityUnits: number;
      };
      readonly WarmThroughput?: {
        readonly ReadUnitsPerSecond?: number;
        readonly WriteUnitsPerSecond?: number;
      };
    })[];
    readonly ImportSourceSpecification?: {
      readonly InputCompressionType?: string;
      readonly InputFormat: string;
      readonly InputFormatOptions?: {
        readonly Csv?: {
          readonly Delimiter?: string;
          readonly HeaderList?: readonly (string)[];
        };
      };
      readonly S3BucketSource: {
        readonly S3Bucket: string;
        readonly S3BucketOwner?: string;
        readonly S3KeyPrefix?: string;
      };
    };
    readonly KeySchema: readonly ({
      readonly AttributeName: string;
      readonly KeyType: string;
    })[] | unknown;
    readonly KinesisStreamSpecification?: {
      readonly ApproximateCreationDateTimePrecision?: string;
      readonly StreamArn: string;
    };
    readonly LocalSecondaryIndexes?: readonly ({
      readonly IndexName: string;
      readonly KeySchema: readonly ({
        readonly AttributeName: string;
        readonly KeyType: string;
      })[];
      readonly Projection: {
        readonly NonKeyAttributes?: readonly (string)[];
        readonly ProjectionType?: string;
      };
    })[];
    readonly OnDemandThroughput?: {
      readonly MaxReadRequestUnits?: number;
      readonly MaxWriteRequestUnits?: number;
    };
    readonly PointInTimeRecoverySpecification?: {
      readonly PointInTimeRecoveryEnabled?: boolean;
      readonly RecoveryPeriodInDays?: number;
    };
    readonly ProvisionedThroughput?: {
      readonly ReadCapacityUnits: number;
      readonly WriteCapacityUnits: number;
    };
    readonly ResourcePolicy?: {
      readonly PolicyDocument: unknown;
    };
    readonly SSESpecification?: {
      readonly KMSMasterKeyId?: string;
      readonly SSEEnabled: boolean;
      readonly SSEType?: string;
    };
    readonly StreamSpecification?: {
      readonly ResourcePolicy?: {
        readonly PolicyDocument: unknown;
      };
      readonly StreamViewType: string;
      readonly Tags?: readonly (unknown)[];
    };
    readonly TableClass?: string;
    readonly TableName?: string;
    readonly Tags?: readonly (unknown)[];
    readonly TimeToLiveSpecification?: {
      readonly AttributeName?: string;
      readonly Enabled: boolean;
    };
    readonly VectorIndexes?: readonly ({
      readonly Dimensions: number;
      readonly DistanceFunction: string;
      readonly IndexName: string;
      readonly Projection: {
        readonly NonKeyAttributes?: readonly (string)[];
        readonly ProjectionType?: string;
      };
      readonly SearchSchema?: readonly ({
        readonly AttributeName: string;
        readonly SearchSchemaElementType: string;
      })[];
      readonly VectorAttribute: {
        readonly AttributeName: string;
      };
    })[];
    readonly WarmThroughput?: {
      readonly ReadUnitsPerSecond?: number;
      readonly WriteUnitsPerSecond?: number;
    };
  };
  readonly "AWS::EC2::DHCPOptions": {
    readonly DomainName?: string;
    readonly DomainNameServers?: readonly (string)[];
    readonly Ipv6AddressPreferredLeaseTime?: number;
    readonly NetbiosNameServers?: readonly (string)[];
    readonly NetbiosNodeType?: number;
    readonly NtpServers?: readonly (string)[];
    readonly Tags?: readonly (unknown)[];
  };
  readonly "AWS::EC2::EIP": {
    readonly Address?: string;
    readonly Domain?: string;
    readonly InstanceId?: string;
    readonly IpamPoolId?: string;
    readonly NetworkBorderGroup?: string;
    readonly PublicIpv4Pool?: string;
    readonly Tags?: readonly (unknown)[];
    readonly TransferAddress?: string;
  };
  readonly "AWS::EC2::EgressOnlyInternetGateway": {
    readonly Tags?: readonly (unknown)[];
    readonly VpcId: string;
  };
  readonly "AWS::EC2::FlowLog": {
    readonly DeliverCrossAccountRole?: string;
    readonly DeliverLogsPermissionArn?: string;
    readonly DestinationOptions?: {
      readonly FileFormat: string;
      readonly HiveCompatiblePartitions: boolean;
      readonly PerHourPartition: boolean;
    };
    readonly LogDestination?: string;
    readonly LogDestinationType?: string;
    readonly LogFormat?: string;
    readonly LogGroupName?: string;
    readonly MaxAggregationInterval?: number;
    readonly ResourceId: string;
    readonly ResourceType: string;
    readonly TagFieldSpecifications?: readonly ({
      readonly ResourceType: string;
      readonly TagKeys: readonly (string)[];
    })[];
    readonly Tags?: readonly (unknown)[];
    readonly TrafficType?: string;
  };
  readonly "AWS::EC2::InternetGateway": {
    readonly Tags?: readonly (unknown)[];
  };
  readonly "AWS::EC2::NatGateway": {
    readonly AllocationId?: string;
    readonly AvailabilityMode?: string;
    readonly AvailabilityZoneAddresses?: readonly ({
      readonly AllocationIds: readonly (string)[];
      readonly AvailabilityZone?: string;
      readonly AvailabilityZoneId?: string;
    })[];
    readonly ConnectivityType?: string;
    readonly MaxDrainDurationSeconds?: number;
    readonly PrivateIpAddress?: string;
    readonly SecondaryAllocationIds?: readonly (string)[];
    readonly SecondaryPrivateIpAddressCount?: number;
    readonly SecondaryPrivateIpAddresses?: readonly (string)[];
    readonly SubnetId?: string;
    readonly Tags?: readonly (unknown)[];
    readonly VpcId?: string;
  };
  readonly "AWS::EC2::NetworkAcl": {
    readonly Tags?: readonly (unknown)[];
    readonly VpcId: string;
  };
  readonly "AWS::EC2::NetworkAclEntry": {
    readonly CidrBlock?: string;
    readonly Egress?: boolean;
    readonly Icmp?: {
      readonly Code?: number;
      readonly Type?: number;
    };
    readonly Ipv6CidrBlock?: string;
    readonly NetworkAclId: string;
    readonly PortRange?: {
      readonly From?: number;
      readonly To?: number;
    };
    readonly Protocol: number;
    readonly RuleAction: string;
    readonly RuleNumber: number;
  };
  readonly "AWS::EC2::Route": {
    readonly CarrierGatewayId?: string;
    readonly CoreNetworkArn?: string;
    readonly DestinationCidrBlock?: string;
    readonly DestinationIpv6CidrBlock?: string;
    readonly DestinationPrefixListId?: string;
    readonly EgressOnlyInternetGatewayId?: string;
    readonly GatewayId?: string;
    readonly InstanceId?: string;
    readonly LocalGatewayId?: string;
    readonly NatGatewayId?: string;
    readonly NetworkInterfaceId?: string;
    readonly OdbNetworkArn?: string;
    readonly RouteTableId: string;
    readonly TransitGatewayId?: string;
    readonly VpcEndpointId?: string;
    readonly VpcPeeringConnectionId?: string;
  };
  readonly "AWS::EC2::RouteTable": {
    readonly Tags?: readonly (unknown)[];
    readonly VpcId: string;
  };
  readonly "AWS::EC2::SecurityGroup": {
    readonly GroupDescription: string;
    readonly GroupName?: string;
    readonly SecurityGroupEgress?: readonly ({
      readonly CidrIp?: string;
      readonly CidrIpv6?: string;
      readonly Description?: string;
      readonly DestinationPrefixListId?: string;
      readonly DestinationSecurityGroupId?: string;
      readonly FromPort?: number;
      readonly IpProtocol: string;
      readonly ToPort?: number;
    })[];
    readonly SecurityGroupIngress?: readonly ({
      readonly CidrIp?: string;
      readonly CidrIpv6?: string;
      readonly Description?: string;
      readonly FromPort?: number;
      readonly IpProtocol: string;
      readonly SourcePrefixListId?: string;
      readonly SourceSecurityGroupId?: string;
      readonly SourceSecurityGroupName?: string;
      readonly SourceSecurityGroupOwnerId?: string;
      readonly ToPort?: number;
    })[];
    readonly Tags?: readonly (unknown)[];
    readonly VpcId?: string;
  };
  readonly "AWS::EC2::SecurityGroupEgress": {
    readonly CidrIp?: string;
    readonly CidrIpv6?: string;
    readonly Description?: string;
    readonly DestinationPrefixListId?: string;
    readonly DestinationSecurityGroupId?: string;
    readonly FromPort?: number;
    readonly GroupId: string;
    readonly IpProtocol: string;
    readonly ToPort?: number;
  };
  readonly "AWS::EC2::SecurityGroupIngress": {
    readonly CidrIp?: string;
    readonly CidrIpv6?: string;
    readonly Description?: string;
    readonly FromPort?: number;
    readonly GroupId?: string;
    readonly GroupName?: string;
    readonly IpProtocol: string;
    readonly SourcePrefixListId?: string;
    readonly SourceSecurityGroupId?: string;
    readonly SourceSecurityGroupName?: string;
    readonly SourceSecurityGroupOwnerId?: string;
    readonly ToPort?: number;
  };
  readonly "AWS::EC2::Subnet": {
    readonly AssignIpv6AddressOnCreation?: boolean;
    readonly AvailabilityZone?: string;
    readonly AvailabilityZoneId?: string;
    readonly CidrBlock?: string;
    readonly EnableDns64?: boolean;
    readonly EnableLniAtDeviceIndex?: number;
    readonly Ipv4IpamPoolId?: string;
    readonly Ipv4NetmaskLength?: number;
    readonly Ipv6CidrBlock?: string;
    readonly Ipv6IpamPoolId?: string;
    readonly Ipv6Native?: boolean;
    readonly Ipv6NetmaskLength?: number;
    readonly MapPublicIpOnLaunch?: boolean;
    readonly OutpostArn?: string;
    readonly PrivateDnsNameOptionsOnLaunch?: {
      readonly EnableResourceNameDnsAAAARecord?: boolean;
      readonly EnableResourceNameDnsARecord?: boolean;
      readonly HostnameType?: string;
    };
    readonly Tags?: readonly (unknown)[];
    readonly VpcId: string;
  };
  readonly "AWS::EC2::SubnetNetworkAclAssociation": {
    readonly NetworkAclId: string;
    readonly SubnetId: string;
  };
  readonly "AWS::EC2::SubnetRouteTableAssociation": {
    readonly RouteTableId: string;
    readonly SubnetId: string;
  };
  readonly "AWS::EC2::VPC": {
    readonly CidrBlock?: string;
    readonly EnableDnsHostnames?: boolean;
    readonly EnableDnsSupport?: boolean;
    readonly InstanceTenancy?: string;
    readonly Ipv4IpamPoolId?: string;
    readonly Ipv4NetmaskLength?: number;
    readonly Tags?: readonly (unknown)[];
    readonly VpcEncryptionControl?: {
      readonly EgressOnlyInternetGatewayExclusion?: string;
      readonly ElasticFileSystemExclusion?: string;
      readonly InternetGatewayExclusion?: string;
      readonly LambdaExclusion?: string;
      readonly Mode?: string;
      readonly NatGatewayExclusion?: string;
      readonly ResourceExclusions?: {
        readonly EgressOnlyInternetGateway?: {
          readonly State?: string;
          readonly StateMessage?: string;
        };
        readonly ElasticFileSystem?: {
          readonly State?: string;
          readonly StateMessage?: string;
        };
        readonly InternetGateway?: {
          readonly State?: string;
          readonly StateMessage?: string;
        };
        readonly Lambda?: {
          readonly State?: string;
          readonly StateMessage?: string;
        };
        readonly NatGateway?: {
          readonly State?: string;
          readonly StateMessage?: string;
        };
        readonly VirtualPrivateGateway?: {
          readonly State?: string;
          readonly StateMessage?: string;
        };
        readonly VpcLattice?: {
          readonly State?: string;
          readonly StateMessage?: string;
        };
        readonly VpcPeering?: {
          readonly State?: string;
          readonly StateMessage?: string;
        };
      };
      readonly State?: string;
      readonly StateMessage?: string;
      readonly VirtualPrivateGatewayExclusion?: string;
      readonly VpcEncryptionControlId?: string;
      readonly VpcId?: string;
      readonly VpcLatticeExclusion?: string;
      readonly VpcPeeringExclusion?: string;
    };
  };
  readonly "AWS::EC2::VPCCidrBlock": {
    readonly AmazonProvidedIpv6CidrBlock?: boolean;
    readonly CidrBlock?: string;
    readonly Ipv4IpamPoolId?: string;
    readonly Ipv4NetmaskLength?: number;
    readonly Ipv6CidrBlock?: string;
    readonly Ipv6CidrBlockNetworkBorderGroup?: string;
    readonly Ipv6IpamPoolId?: string;
    readonly Ipv6NetmaskLength?: number;
    readonly Ipv6Pool?: string;
    readonly VpcId: string;
  };
  readonly "AWS::EC2::VPCDHCPOptionsAssociation": {
    readonly DhcpOptionsId: string;
    readonly VpcId: string;
  };
  readonly "AWS::EC2::VPCEndpoint": {
    readonly DnsOptions?: {
      readonly DnsRecordIpType?: string;
      readonly PrivateDnsOnlyForInboundResolverEndpoint?: string;
      readonly PrivateDnsPreference?: string;
      readonly PrivateDnsSpecifiedDomains?: readonly (string)[];
    };
    readonly IpAddressType?: string;
    readonly PolicyDocument?: string | unknown;
    readonly PrivateDnsEnabled?: boolean;
    readonly ResourceConfigurationArn?: string;
    readonly RouteTableIds?: readonly (string)[];
    readonly SecurityGroupIds?: readonly (string)[];
    readonly ServiceName?: string;
    readonly ServiceNetworkArn?: string;
    readonly ServiceRegion?: string;
    readonly SubnetIds?: readonly (string)[];
    readonly Tags?: readonly (unknown)[];
    readonly VpcEndpointType?: string;
    readonly VpcId: string;
  };
  readonly "AWS::EC2::VPCGatewayAttachment": {
    readonly InternetGatewayId?: string;
    readonly VpcId: string;
    readonly VpnGatewayId?: string;
  };
  readonly "AWS::Events::ApiDestination": {
    readonly ConnectionArn: string;
    readonly Description?: string;
    readonly HttpMethod: string;
    readonly InvocationEndpoint: string;
    readonly InvocationRateLimitPerSecond?: number;
    readonly Name?: string;
  };
  readonly "AWS::Events::Archive": {
    readonly ArchiveName?: string;
    readonly Description?: string;
    readonly EventPattern?: unknown;
    readonly KmsKeyIdentifier?: string;
    readonly RetentionDays?: number;
    readonly SourceArn: string;
  };
  readonly "AWS::Events::Connection": {
    readonly AuthParameters?: {
      readonly ApiKeyAuthParameters?: {
        readonly ApiKeyName: string;
        readonly ApiKeyValue: string;
      };
      readonly BasicAuthParameters?: {
        readonly Password: string;
        readonly Username: string;
      };
      readonly ConnectivityParameters?: {
        readonly ResourceParameters: {
          readonly ResourceAssociationArn?: string;
          readonly ResourceConfigurationArn: string;
        };
      };
      readonly InvocationHttpParameters?: {
        readonly BodyParameters?: readonly ({
          readonly IsValueSecret?: boolean;
          readonly Key: string;
          readonly Value: string;
        })[];
        readonly HeaderParameters?: readonly ({
          readonly IsValueSecret?: boolean;
          readonly Key: string;
          readonly Value: string;
        })[];
        readonly QueryStringParameters?: readonly ({
          readonly IsValueSecret?: boolean;
          readonly Key: string;
          readonly Value: string;
        })[];
      };
      readonly OAuthParameters?: {
        readonly AuthorizationEndpoint: string;
        readonly ClientParameters: {
          readonly ClientID: string;
          readonly ClientSecret: string;
        };
        readonly HttpMethod: string;
        readonly OAuthHttpParameters?: {
          readonly BodyParameters?: readonly ({
            readonly IsValueSecret?: boolean;
            readonly Key: string;
            readonly Value: string;
          })[];
          readonly HeaderParameters?: readonly ({
            readonly IsValueSecret?: boolean;
            readonly Key: string;
            readonly Value: string;
          })[];
          readonly QueryStringParameters?: readonly ({
            readonly IsValueSecret?: boolean;
            readonly Key: string;
            readonly Value: string;
          })[];
        };
      };
    };
    readonly AuthorizationType?: string;
    readonly Description?: string;
    readonly InvocationConnectivityParameters?: {
      readonly ResourceParameters: {
        readonly ResourceAssociationArn?: string;
        readonly ResourceConfigurationArn: string;
      };
    };
    readonly KmsKeyIdentifier?: string;
    readonly Name?: string;
  };
  readonly "AWS::Events::EventBus": {
    readonly DeadLetterConfig?: {
      readonly Arn?: string;
    };
    readonly Description?: string;
    readonly EventSourceName?: string;
    readonly KmsKeyIdentifier?: string;
    readonly LogConfig?: {
      readonly IncludeDetail?: string;
      readonly Level?: string;
    };
    readonly Name: string;
    readonly Policy?: unknown | string;
    readonly Tags?: readonly (unknown)[];
  };
  readonly "AWS::Events::EventBusPolicy": {
    readonly Action?: string;
    readonly Condition?: {
      readonly Key?: string;
      readonly Type?: string;
      readonly Value?: string;
    };
    readonly EventBusName?: string;
    readonly Principal?: string;
    readonly Statement?: unknown;
    readonly StatementId: string;
  };
  readonly "AWS::Events::Rule": {
    readonly Description?: string;
    readonly EventBusName?: string;
    readonly EventPattern?: string | unknown;
    readonly Name?: string;
    readonly RoleArn?: string;
    readonly ScheduleExpression?: string;
    readonly State?: string;
    readonly Tags?: readonly (unknown)[];
    readonly Targets?: readonly ({
      readonly AppSyncParameters?: {
        readonly GraphQLOperation: string;
      };
      readonly Arn: string;
      readonly BatchParameters?: {
        readonly ArrayProperties?: {
          readonly Size?: number;
        };
        readonly JobDefinition: string;
        readonly JobName: string;
        readonly RetryStrategy?: {
          readonly Attempts?: number;
        };
      };
      readonly DeadLetterConfig?: {
        readonly Arn?: string;
      };
      readonly EcsParameters?: {
        readonly CapacityProviderStrategy?: readonly ({
          readonly Base?: number;
          readonly CapacityProvider: string;
          readonly Weight?: number;
        })[];
        readonly EnableECSManagedTags?: boolean;
        readonly EnableExecuteCommand?: boolean;
        readonly Group?: string;
        readonly LaunchType?: string;
        readonly NetworkConfiguration?: {
          readonly AwsVpcConfiguration?: {
            readonly AssignPublicIp?: string;
            readonly SecurityGroups?: readonly (string)[];
            readonly Subnets: readonly (string)[];
          };
        };
        readonly PlacementConstraints?: readonly ({
          readonly Expression?: string;
          readonly Type?: string;
        })[];
        readonly PlacementStrategies?: readonly ({
          readonly Field?: string;
          readonly Type?: string;
        })[];
        readonly PlatformVersion?: string;
        readonly PropagateTags?: string;
        readonly ReferenceId?: string;
        readonly TagList?: readonly (unknown)[];
        readonly TaskCount?: number;
        readonly TaskDefinitionArn: string;
      };
      readonly HttpParameters?: {
        readonly HeaderParameters?: Readonly<Record<string, string>>;
        readonly PathParameterValues?: readonly (string)[];
        readonly QueryStringParameters?: Readonly<Record<string, string>>;
      };
      readonly Id: string;
      readonly Input?: string;
      readonly InputPath?: string;
      readonly InputTransformer?: {
        readonly InputPathsMap?: Readonly<Record<string, string>>;
        readonly InputTemplate: string;
      };
      readonly KinesisParameters?: {
        readonly PartitionKeyPath: string;
      };
      readonly RedshiftDataParameters?: {
        readonly Database: string;
        readonly DbUser?: string;
        readonly SecretManagerArn?: string;
        readonly Sql?: string;
        readonly Sqls?: readonly (string)[];
        readonly StatementName?: string;
        readonly WithEvent?: boolean;
      };
      readonly RetryPolicy?: {
        readonly MaximumEventAgeInSeconds?: number;
        readonly MaximumRetryAttempts?: number;
      };
      readonly RoleArn?: string;
      readonly RunCommandParameters?: {
        readonly RunCommandTargets: readonly ({
          readonly Key: string;
          readonly Values: readonly (string)[];
        })[];
      };
      readonly SageMakerPipelineParameters?: {
        readonly PipelineParameterList?: readonly ({
          readonly Name: string;
          readonly Value: string;
        })[];
      };
      readonly SqsParameters?: {
        readonly MessageGroupId: string;
      };
    })[];
  };
  readonly "AWS::IAM::InstanceProfile": {
    readonly InstanceProfileName?: string;
    readonly Path?: string;
    readonly Roles: readonly (string)[];
  };
  readonly "AWS::IAM::ManagedPolicy": {
    readonly Description?: string;
    readonly Groups?: readonly (string)[];
    readonly ManagedPolicyName?: string;
    readonly Path?: string;
    readonly PolicyDocument: unknown | string;
    readonly Roles?: readonly (string)[];
    readonly Users?: readonly (string)[];
  };
  readonly "AWS::IAM::Policy": {
    readonly Groups?: readonly (string)[];
    readonly PolicyDocument: unknown | string;
    readonly PolicyName: string;
    readonly Roles?: readonly (string)[];
    readonly Users?: readonly (string)[];
  };
  readonly "AWS::IAM::Role": {
    readonly AssumeRolePolicyDocument: unknown | string;
    readonly Description?: string;
    readonly ManagedPolicyArns?: readonly (string)[];
    readonly MaxSessionDuration?: number;
    readonly Path?: string;
    readonly PermissionsBoundary?: string;
    readonly Policies?: readonly ({
      readonly PolicyDocument: string | unknown;
      readonly PolicyName: string;
    })[];
    readonly RoleName?: string;
    readonly Tags?: readonly (unknown)[];
  };
  readonly "AWS::Kinesis::ResourcePolicy": {
    readonly ResourceArn: string;
    readonly ResourcePolicy: unknown;
  };
  readonly "AWS::Kinesis::Stream": {
    readonly DesiredShardLevelMetrics?: readonly (string)[];
    readonly MaxRecordSizeInKiB?: number;
    readonly Name?: string;
    readonly RetentionPeriodHours?: number;
    readonly ShardCount?: number;
    readonly StreamEncryption?: {
      readonly EncryptionType: string;
      readonly KeyId: string;
    };
    readonly StreamModeDetails?: {
      readonly StreamMode: string;
    };
    readonly Tags?: readonly (unknown)[];
    readonly WarmThroughputMiBps?: number;
  };
  readonly "AWS::Kinesis::StreamConsumer": {
    readonly ConsumerName: string;
    readonly StreamARN: string;
    readonly Tags?: readonly (unknown)[];
  };
  readonly "AWS::Lambda::Alias": {
    readonly Description?: string;
    readonly FunctionName: string;
    readonly FunctionVersion: string;
    readonly Name: string;
    readonly ProvisionedConcurrencyConfig?: {
      readonly ProvisionedConcurrentExecutions: number;
    };
    readonly RoutingConfig?: {
      readonly AdditionalVersionWeights?: readonly ({
        readonly FunctionVersion: string;
        readonly FunctionWeight: number;
      })[];
    };
  };
  readonly "AWS::Lambda::EventInvokeConfig": {
    readonly DestinationConfig?: {
      readonly OnFailure?: {
        readonly Destination: string;
      };
      readonly OnSuccess?: {
        readonly Destination: string;
      };
    };
    readonly FunctionName: string;
    readonly MaximumEventAgeInSeconds?: number;
    readonly MaximumRetryAttempts?: number;
    readonly Qualifier: string;
  };
  readonly "AWS::Lambda::EventSourceMapping": {
    readonly AmazonManagedKafkaEventSourceConfig?: {
      readonly ConsumerGroupId?: string;
      readonly SchemaRegistryConfig?: {
        readonly AccessConfigs?: readonly ({
          readonly Type?: string;
          readonly URI?: string;
        })[];
        readonly EventRecordFormat?: string;
        readonly SchemaRegistryURI?: string;
        readonly SchemaValidationConfigs?: readonly ({
          readonly Attribute?: string;
        })[];
      };
    };
    readonly BatchSize?: number;
    readonly BisectBatchOnFunctionError?: boolean;
    readonly DestinationConfig?: {
      readonly OnFailure?: {
        readonly Destination?: string;
      };
    };
    readonly DocumentDBEventSourceConfig?: {
      readonly CollectionName?: string;
      readonly DatabaseName?: string;
      readonly FullDocument?: string;
    };
    readonly Enabled?: boolean;
    readonly EventSourceArn?: string;
    readonly FilterCriteria?: {
      readonly Filters?: readonly ({
        readonly Pattern?: string;
      })[];
    };
    readonly FunctionName: string;
    readonly FunctionResponseTypes?: readonly (string)[];
    readonly KmsKeyArn?: string;
    readonly LoggingConfig?: {
      readonly SystemLogLevel?: string;
    };
    readonly MaximumBatchingWindowInSeconds?: number;
    readonly MaximumRecordAgeInSeconds?: number;
    readonly MaximumRetryAttempts?: number;
    readonly MetricsConfig?: {
      readonly Metrics?: readonly (string)[];
    };
    readonly ParallelizationFactor?: number;
    readonly ProvisionedPollerConfig?: {
      readonly MaximumPollers?: number;
      readonly MinimumPollers?: number;
      readonly PollerGroupName?: string;
    };
    readonly Queues?: readonly (string)[];
    readonly ScalingConfig?: {
      readonly MaximumConcurrency?: number;
    };
    readonly SelfManagedEventSource?: {
      readonly Endpoints?: {
        readonly KafkaBootstrapServers?: readonly (string)[];
      };
    };
    readonly SelfManagedKafkaEventSourceConfig?: {
      readonly ConsumerGroupId?: string;
      readonly ConsumptionMode?: string;
      readonly SchemaRegistryConfig?: {
        readonly AccessConfigs?: readonly ({
          readonly Type?: string;
          readonly URI?: string;
        })[];
        readonly EventRecordFormat?: string;
        readonly SchemaRegistryURI?: string;
        readonly SchemaValidationConfigs?: readonly ({
          readonly Attribute?: string;
        })[];
      };
    };
    readonly SourceAccessConfigurations?: readonly ({
      readonly Type?: string;
      readonly URI?: string;
    })[];
    readonly StartingPosition?: string;
    readonly StartingPositionTimestamp?: number;
    readonly Tags?: readonly (unknown)[];
    readonly Topics?: readonly (string)[];
    readonly TumblingWindowInSeconds?: number;
  };
  readonly "AWS::Lambda::Function": {
    readonly Architectures?: readonly (string)[];
    readonly CapacityProviderConfig?: {
      readonly LambdaManagedInstancesCapacityProviderConfig: {
        readonly CapacityProviderArn: string;
        readonly ExecutionEnvironmentMemoryGiBPerVCpu?: number;
        readonly PerExecutionEnvironmentMaxConcurrency?: number;
      };
    };
    readonly Code: {
      readonly ImageUri?: string;
      readonly S3Bucket?: string;
      readonly S3Key?: string;
      readonly S3ObjectStorageMode?: string;
      readonly S3ObjectVersion?: string;
      readonly SourceKMSKeyArn?: string;
      readonly ZipFile?: string;
    };
    readonly CodeSigningConfigArn?: string;
    readonly DeadLetterConfig?: {
      readonly TargetArn?: string;
    };
    readonly Description?: string;
    readonly DurableConfig?: {
      readonly ExecutionTimeout: number;
      readonly KMSKeyArn?: string;
      readonly RetentionPeriodInDays?: number;
    };
    readonly Environment?: {
      readonly Variables?: Readonly<Record<string, string>>;
    };
    readonly EphemeralStorage?: {
      readonly Size: number;
    };
    readonly FileSystemConfigs?: readonly ({
      readonly Arn: string;
      readonly LocalMountPath: string;
      readonly S3FilesConfig?: {
        readonly DirectS3Read?: string;
      };
    })[];
    readonly FunctionName?: string;
    readonly FunctionScalingConfig?: {
      readonly MaxExecutionEnvironments?: number;
      readonly MinExecutionEnvironments?: number;
    };
    readonly Handler?: string;
    readonly ImageConfig?: {
      readonly Command?: readonly (string)[];
      readonly EntryPoint?: readonly (string)[];
      readonly WorkingDirectory?: string;
    };
    readonly KmsKeyArn?: string;
    readonly Layers?: readonly (string)[];
    readonly LoggingConfig?: {
      readonly ApplicationLogLevel?: string;
      readonly LogFormat?: string;
      readonly LogGroup?: string;
      readonly SystemLogLevel?: string;
    };
    readonly MemorySize?: number;
    readonly PackageType?: string;
    readonly PublishToLatestPublished?: boolean;
    readonly RecursiveLoop?: string;
    readonly ReservedConcurrentExecutions?: number;
    readonly Role: string;
    readonly Runtime?: string;
    readonly RuntimeManagementConfig?: {
      readonly RuntimeVersionArn?: string;
      readonly UpdateRuntimeOn: string;
    };
    readonly SnapStart?: {
      readonly ApplyOn: string;
    };
    readonly Tags?: readonly (unknown)[];
    readonly TenancyConfig?: {
      readonly TenantIsolationMode: string;
    };
    readonly Timeout?: number;
    readonly TracingConfig?: {
      readonly Mode?: string;
    };
    readonly VpcConfig?: {
      readonly Ipv6AllowedForDualStack?: boolean;
      readonly SecurityGroupIds?: readonly (string)[];
      readonly SubnetIds?: readonly (string)[];
    };
  };
  readonly "AWS::Lambda::LayerVersion": {
    readonly CompatibleArchitectures?: readonly (string)[];
    readonly CompatibleRuntimes?: readonly (string)[];
    readonly Content: {
      readonly S3Bucket: string;
      readonly S3Key: string;
      readonly S3ObjectStorageMode?: string;
      readonly S3ObjectVersion?: string;
    };
    readonly Description?: string;
    readonly LayerName?: string;
    readonly LicenseInfo?: string;
  };
  readonly "AWS::Lambda::LayerVersionPermission": {
    readonly Action: string;
    readonly LayerVersionArn: string;
    readonly OrganizationId?: string;
    readonly Principal: string;
  };
  readonly "AWS::Lambda::Permission": {
    readonly Action: string;
    readonly EventSourceToken?: string;
    readonly FunctionName: string;
    readonly FunctionUrlAuthType?: string;
    readonly InvokedViaFunctionUrl?: boolean;
    readonly Principal: string;
    readonly PrincipalOrgID?: string;
    readonly SourceAccount?: string;
    readonly SourceArn?: string;
  };
  readonly "AWS::Lambda::Url": {
    readonly AuthType: string;
    readonly Cors?: {
      readonly AllowCredentials?: boolean;
      readonly AllowHeaders?: readonly (string)[];
      readonly AllowMethods?: readonly (string)[];
      readonly AllowOrigins?: readonly (string)[];
      readonly ExposeHeaders?: readonly (string)[];
      readonly MaxAge?: number;
    };
    readonly InvokeMode?: string;
    readonly Qualifier?: string;
    readonly TargetFunctionArn: string;
  };
  readonly "AWS::Lambda::Version": {
    readonly CodeSha256?: string;
    readonly Description?: string;
    readonly FunctionName: string;
    readonly FunctionScalingConfig?: {
      readonly MaxExecutionEnvironments?: number;
      readonly MinExecutionEnvironments?: number;
    };
    readonly ProvisionedConcurrencyConfig?: {
      readonly ProvisionedConcurrentExecutions: number;
    };
    readonly RuntimePolicy?: {
      readonly RuntimeVersionArn?: string;
      readonly UpdateRuntimeOn: string;
    };
  };
  readonly "AWS::Logs::LogGroup": {
    readonly BearerTokenAuthenticationEnabled?: boolean;
    readonly DataProtectionPolicy?: unknown;
    readonly DeletionProtectionEnabled?: boolean;
    readonly FieldIndexPolicies?: readonly (unknown)[];
    readonly KmsKeyId?: string;
    readonly LogGroupClass?: string;
    readonly LogGroupName?: string;
    readonly ResourcePolicyDocument?: unknown;
    readonly RetentionInDays?: number;
    readonly Tags?: readonly (unknown)[];
  };
  readonly "AWS::Logs::LogStream": {
    readonly LogGroupName: string;
    readonly LogStreamName?: string;
  };
  readonly "AWS::Logs::MetricFilter": {
    readonly ApplyOnTransformedLogs?: boolean;
    readonly EmitSystemFieldDimensions?: readonly (string)[];
    readonly FieldSelectionCriteria?: string;
    readonly FilterName?: string;
    readonly FilterPattern: string;
    readonly LogGroupName: string;
    readonly MetricTransformations: readonly ({
      readonly DefaultValue?: number;
      readonly Dimensions?: readonly ({
        readonly Key: string;
        readonly Value: string;
      })[];
      readonly MetricName: string;
      readonly MetricNamespace: string;
      readonly MetricValue: string;
      readonly Unit?: string;
    })[];
  };
  readonly "AWS::Logs::ResourcePolicy": {
    readonly PolicyDocument: string | unknown;
    readonly PolicyName: string;
  };
  readonly "AWS::Logs::SubscriptionFilter": {
    readonly ApplyOnTransformedLogs?: boolean;
    readonly DestinationArn: string;
    readonly Distribution?: string;
    readonly EmitSystemFields?: readonly (string)[];
    readonly FieldSelectionCriteria?: string;
    readonly FilterName?: string;
    readonly FilterPattern: string;
    readonly LogGroupName: string;
    readonly RoleArn?: string;
  };
  readonly "AWS::S3::Bucket": {
    readonly AbacStatus?: string;
    readonly AccelerateConfiguration?: {
      readonly AccelerationStatus: string;
    };
    readonly AccessControl?: string;
    readonly AnalyticsConfigurations?: readonly ({
      readonly Id: string;
      readonly Prefix?: string;
      readonly StorageClassAnalysis: {
        readonly DataExport?: {
          readonly Destination: {
            readonly BucketAccountId?: string;
            readonly BucketArn: string;
            readonly Format: string;
            readonly Prefix?: string;
          };
          readonly OutputSchemaVersion: string;
        };
      };
      readonly TagFilters?: readonly ({
        readonly Key: string;
        readonly Value: string;
      })[];
    })[];
    readonly BucketEncryption?: {
      readonly ServerSideEncryptionConfiguration: readonly ({
        readonly BlockedEncryptionTypes?: {
          readonly EncryptionType?: readonly (string)[];
        };
        readonly BucketKeyEnabled?: boolean;
        readonly ServerSideEncryptionByDefault?: {
          readonly KMSMasterKeyID?: string;
          readonly SSEAlgorithm: string;
        };
      })[];
    };
    readonly BucketName?: string;
    readonly BucketNamePrefix?: string;
    readonly BucketNamespace?: string;
    readonly CorsConfiguration?: {
      readonly CorsRules: readonly ({
        readonly AllowedHeaders?: readonly (string)[];
        readonly AllowedMethods: readonly (string)[];
        readonly AllowedOrigins: readonly (string)[];
        readonly ExposedHeaders?: readonly (string)[];
        readonly Id?: string;
        readonly MaxAge?: number;
      })[];
    };
    readonly IntelligentTieringConfigurations?: readonly ({
      readonly Id: string;
      readonly Prefix?: string;
      readonly Status: string;
      readonly TagFilters?: readonly ({
        readonly Key: string;
        readonly Value: string;
      })[];
      readonly Tierings: readonly ({
        readonly AccessTier: string;
        readonly Days: number;
      })[];
    })[];
    readonly InventoryConfigurations?: readonly ({
      readonly Destination: {
        readonly BucketAccountId?: string;
        readonly BucketArn: string;
        readonly Format: string;
        readonly Prefix?: string;
      };
      readonly Enabled: boolean;
      readonly Id: string;
      readonly IncludedObjectVersions: string;
      readonly OptionalFields?: readonly (string)[];
      readonly Prefix?: string;
      readonly ScheduleFrequency: string;
    })[];
    readonly LifecycleConfiguration?: {
      readonly Rules: readonly ({
        readonly AbortIncompleteMultipartUpload?: {
          readonly DaysAfterInitiation: number;
        };
        readonly ExpirationDate?: string;
        readonly ExpirationInDays?: number;
        readonly ExpiredObjectDeleteMarker?: boolean;
        readonly Id?: string;
        readonly NoncurrentVersionExpiration?: {
          readonly NewerNoncurrentVersions?: number;
          readonly NoncurrentDays: number;
        };
        readonly NoncurrentVersionExpirationInDays?: number;
        readonly NoncurrentVersionTransition?: {
          readonly NewerNoncurrentVersions?: number;
          readonly StorageClass: string;
          readonly TransitionInDays: number;
        };
        readonly NoncurrentVersionTransitions?: readonly ({
          readonly NewerNoncurrentVersions?: number;
          readonly StorageClass: string;
          readonly TransitionInDays: number;
        })[];
        readonly ObjectSizeGreaterThan?: number;
        readonly ObjectSizeLessThan?: number;
        readonly Prefix?: string;
        readonly Status: string;
        readonly TagFilters?: readonly ({
          readonly Key: string;
          readonly Value: string;
        })[];
        readonly Transition?: {
          readonly StorageClass: string;
          readonly TransitionDate?: string;
          readonly TransitionInDays?: number;
        };
        readonly Transitions?: readonly ({
          readonly StorageClass: string;
          readonly TransitionDate?: string;
          readonly TransitionInDays?: number;
        })[];
      })[];
      readonly TransitionDefaultMinimumObjectSize?: string;
    };
    readonly LoggingConfiguration?: {
      readonly DestinationBucketName?: string;
      readonly LogFilePrefix?: string;
      readonly TargetObjectKeyFormat?: {
        readonly PartitionedPrefix?: {
          readonly PartitionDateSource?: string;
        };
        readonly SimplePrefix?: unknown;
      };
    };
    readonly MetadataConfiguration?: {
      readonly AnnotationTableConfiguration?: {
        readonly ConfigurationState: string;
        readonly EncryptionConfiguration?: {
          readonly KmsKeyArn?: string;
          readonly SseAlgorithm: string;
        };
        readonly Role?: string;
        readonly TableArn?: string;
        readonly TableName?: string;
      };
      readonly Destination?: {
        readonly TableBucketArn?: string;
        readonly TableBucketType: string;
        readonly TableNamespace?: string;
      };
      readonly InventoryTableConfiguration?: {
        readonly ConfigurationState: string;
        readonly EncryptionConfiguration?: {
          readonly KmsKeyArn?: string;
          readonly SseAlgorithm: string;
        };
        readonly TableArn?: string;
        readonly TableName?: string;
      };
      readonly JournalTableConfiguration: {
        readonly EncryptionConfiguration?: {
          readonly KmsKeyArn?: string;
          readonly SseAlgorithm: string;
        };
        readonly RecordExpiration: {
          readonly Days?: number;
          readonly Expiration: string;
        };
        readonly TableArn?: string;
        readonly TableName?: string;
      };
    };
    readonly MetadataTableConfiguration?: {
      readonly S3TablesDestination: {
        readonly TableArn?: string;
        readonly TableBucketArn: string;
        readonly TableName: string;
        readonly TableNamespace?: string;
      };
    };
    readonly MetricsConfigurations?: readonly ({
      readonly AccessPointArn?: string;
      readonly Id: string;
      readonly Prefix?: string;
      readonly TagFilters?: readonly ({
        readonly Key: string;
        readonly Value: string;
      })[];
    })[];
    readonly NotificationConfiguration?: {
      readonly EventBridgeConfiguration?: {
        readonly EventBridgeEnabled: boolean;
      };
      readonly LambdaConfigurations?: readonly ({
        readonly Event: string;
        readonly Filter?: {
          readonly S3Key: {
            readonly Rules: readonly ({
              readonly Name: string;
              readonly Value: string;
            })[];
          };
        };
        readonly Function: string;
      })[];
      readonly QueueConfigurations?: readonly ({
        readonly Event: string;
        readonly Filter?: {
          readonly S3Key: {
            readonly Rules: readonly ({
              readonly Name: string;
              readonly Value: string;
            })[];
          };
        };
        readonly Queue: string;
      })[];
      readonly TopicConfigurations?: readonly ({
        readonly Event: string;
        readonly Filter?: {
          readonly S3Key: {
            readonly Rules: readonly ({
              readonly Name: string;
              readonly Value: string;
            })[];
          };
        };
        readonly Topic: string;
      })[];
    };
    readonly ObjectLockConfiguration?: {
      readonly ObjectLockEnabled?: string;
      readonly Rule?: {
        readonly DefaultRetention?: {
          readonly Days?: number;
          readonly DefaultEventHold?: {
            readonly Days?: number;
            readonly Years?: number;
          };
          readonly Mode?: string;
          readonly Years?: number;
        };
      };
    };
    readonly ObjectLockEnabled?: boolean;
    readonly OwnershipControls?: {
      readonly Rules: readonly ({
        readonly ObjectOwnership?: string;
      })[];
    };
    readonly PublicAccessBlockConfiguration?: {
      readonly BlockPublicAcls?: boolean;
      readonly BlockPublicPolicy?: boolean;
      readonly IgnorePublicAcls?: boolean;
      readonly RestrictPublicBuckets?: boolean;
    };
    readonly ReplicationConfiguration?: {
      readonly Role: string;
      readonly Rules: readonly ({
        readonly DeleteMarkerReplication?: {
          readonly Status?: string;
        };
        readonly Destination: {
          readonly AccessControlTranslation?: {
            readonly Owner: string;
          };
          readonly Account?: string;
          readonly Bucket: string;
          readonly EncryptionConfiguration?: {
            readonly ReplicaKmsKeyID: string;
          };
          readonly Metrics?: {
            readonly EventThreshold?: {
              readonly Minutes: number;
            };
            readonly Status: string;
          };
          readonly ReplicationTime?: {
            readonly Status: string;
            readonly Time: {
              readonly Minutes: number;
            };
          };
          readonly StorageClass?: string;
        };
        readonly Filter?: {
          readonly And?: {
            readonly Prefix?: string;
            readonly TagFilters?: readonly ({
              readonly Key: string;
              readonly Value: string;
            })[];
          };
          readonly Prefix?: string;
          readonly TagFilter?: {
            readonly Key: string;
            readonly Value: string;
          };
        };
        readonly Id?: string;
        readonly Prefix?: string;
        readonly Priority?: number;
        readonly SourceSelectionCriteria?: {
          readonly ReplicaModifications?: {
            readonly Status: string;
          };
          readonly SseKmsEncryptedObjects?: {
            readonly Status: string;
          };
        };
        readonly Status: string;
      })[];
    };
    readonly Tags?: readonly (unknown)[];
    readonly VersioningConfiguration?: {
      readonly Status: string;
    };
    readonly WebsiteConfiguration?: {
      readonly ErrorDocument?: string;
      readonly IndexDocument?: string;
      readonly RedirectAllRequestsTo?: {
        readonly HostName: string;
        readonly Protocol?: string;
      };
      readonly RoutingRules?: readonly ({
        readonly RedirectRule: {
          readonly HostName?: string;
          readonly HttpRedirectCode?: string;
          readonly Protocol?: string;
          readonly ReplaceKeyPrefixWith?: string;
          readonly ReplaceKeyWith?: string;
        };
        readonly RoutingRuleCondition?: {
          readonly HttpErrorCodeReturnedEquals?: string;
          readonly KeyPrefixEquals?: string;
        };
      })[];
    };
  };
  readonly "AWS::S3::BucketPolicy": {
    readonly Bucket: string;
    readonly PolicyDocument: unknown | string;
  };
  readonly "AWS::SNS::Subscription": {
    readonly DeliveryPolicy?: unknown | string;
    readonly Endpoint?: string;
    readonly FilterPolicy?: unknown | string;
    readonly FilterPolicyScope?: string;
    readonly Protocol: string;
    readonly RawMessageDelivery?: boolean;
    readonly RedrivePolicy?: unknown | string;
    readonly Region?: string;
    readonly ReplayPolicy?: unknown | string;
    readonly SubscriptionRoleArn?: string;
    readonly TopicArn: string;
  };
  readonly "AWS::SNS::Topic": {
    readonly ArchivePolicy?: unknown;
    readonly ContentBasedDeduplication?: boolean;
    readonly DataProtectionPolicy?: unknown;
    readonly DeliveryStatusLogging?: readonly ({
      readonly FailureFeedbackRoleArn?: string;
      readonly Protocol: string;
      readonly SuccessFeedbackRoleArn?: string;
      readonly SuccessFeedbackSampleRate?: string;
    })[];
    readonly DisplayName?: string;
    readonly FifoThroughputScope?: string;
    readonly FifoTopic?: boolean;
    readonly KmsMasterKeyId?: string;
    readonly MaximumMessageSize?: number;
    readonly SignatureVersion?: string;
    readonly Subscription?: readonly ({
      readonly Endpoint: string;
      readonly Protocol: string;
    })[];
    readonly Tags?: readonly (unknown)[];
    readonly TopicName?: string;
    readonly TracingConfig?: string;
  };
  readonly "AWS::SNS::TopicInlinePolicy": {
    readonly PolicyDocument: unknown;
    readonly TopicArn: string;
  };
  readonly "AWS::SNS::TopicPolicy": {
    readonly PolicyDocument: unknown | string;
    readonly Topics: readonly (string)[];
  };
  readonly "AWS::SQS::Queue": {
    readonly ContentBasedDeduplication?: boolean;
    readonly DeduplicationScope?: string;
    readonly DelaySeconds?: number;
    readonly FifoQueue?: boolean;
    readonly FifoThroughputLimit?: string;
    readonly KmsDataKeyReusePeriodSeconds?: number;
    readonly KmsMasterKeyId?: string;
    readonly MaximumMessageSize?: number;
    readonly MessageRetentionPeriod?: number;
    readonly QueueName?: string;
    readonly ReceiveMessageWaitTimeSeconds?: number;
    readonly RedriveAllowPolicy?: unknown | string;
    readonly RedrivePolicy?: unknown | string;
    readonly SqsManagedSseEnabled?: boolean;
    readonly Tags?: readonly (unknown)[];
    readonly VisibilityTimeout?: number;
  };
  readonly "AWS::SQS::QueueInlinePolicy": {
    readonly PolicyDocument: unknown;
    readonly Queue: string;
  };
  readonly "AWS::SQS::QueuePolicy": {
    readonly PolicyDocument: unknown | string;
    readonly Queues: readonly (string)[];
  };
  readonly "AWS::SSM::Parameter": {
    readonly AllowedPattern?: string;
    readonly DataType?: string;
    readonly Description?: string;
    readonly Name?: string;
    readonly Policies?: string;
    readonly Tags?: Readonly<Record<string, string>>;
    readonly Tier?: string;
    readonly Type: string;
    readonly Value: string;
  };
  readonly "AWS::Scheduler::Schedule": {
    readonly Description?: string;
    readonly EndDate?: string;
    readonly FlexibleTimeWindow: {
      readonly MaximumWindowInMinutes?: number;
      readonly Mode: string;
    };
    readonly GroupName?: string;
    readonly KmsKeyArn?: string;
    readonly Name?: string;
    readonly ScheduleExpression: string;
    readonly ScheduleExpressionTimezone?: string;
    readonly StartDate?: string;
    readonly State?: string;
    readonly Target: {
      readonly Arn: string;
      readonly DeadLetterConfig?: {
        readonly Arn?: string;
      };
      readonly EcsParameters?: {
        readonly CapacityProviderStrategy?: readonly ({
          readonly Base?: number;
          readonly CapacityProvider: string;
          readonly Weight?: number;
        })[];
        readonly EnableECSManagedTags?: boolean;
        readonly EnableExecuteCommand?: boolean;
        readonly Group?: string;
        readonly LaunchType?: string;
        readonly NetworkConfiguration?: {
          readonly AwsvpcConfiguration?: {
            readonly AssignPublicIp?: string;
            readonly SecurityGroups?: readonly (string)[];
            readonly Subnets: readonly (string)[];
          };
        };
        readonly PlacementConstraints?: readonly ({
          readonly Expression?: string;
          readonly Type?: string;
        })[];
        readonly PlacementStrategy?: readonly ({
          readonly Field?: string;
          readonly Type?: string;
        })[];
        readonly PlatformVersion?: string;
        readonly PropagateTags?: string;
        readonly ReferenceId?: string;
        readonly Tags?: readonly (Readonly<Record<string, string>>)[];
        readonly TaskCount?: number;
        readonly TaskDefinitionArn: string;
      };
      readonly EventBridgeParameters?: {
        readonly DetailType: string;
        readonly Source: string;
      };
      readonly Input?: string;
      readonly KinesisParameters?: {
        readonly PartitionKey: string;
      };
      readonly RetryPolicy?: {
        readonly MaximumEventAgeInSeconds?: number;
        readonly MaximumRetryAttempts?: number;
      };
      readonly RoleArn: string;
      readonly SageMakerPipelineParameters?: {
        readonly PipelineParameterList?: readonly ({
          readonly Name: string;
          readonly Value: string;
        })[];
      };
      readonly SqsParameters?: {
        readonly MessageGroupId?: string;
      };
    };
  };
  readonly "AWS::Scheduler::ScheduleGroup": {
    readonly Name?: string;
    readonly Tags?: readonly (unknown)[];
  };
  readonly "AWS::StepFunctions::Activity": {
    readonly EncryptionConfiguration?: {
      readonly KmsDataKeyReusePeriodSeconds?: number;
      readonly KmsKeyId?: string;
      readonly Type: string;
    };
    readonly Name: string;
    readonly Tags?: readonly ({
      readonly Key: string;
      readonly Value: string;
    })[];
  };
  readonly "AWS::StepFunctions::StateMachine": {
    readonly Definition?: unknown;
    readonly DefinitionS3Location?: {
      readonly Bucket: string;
      readonly Key: string;
      readonly Version?: string;
    };
    readonly DefinitionString?: string;
    readonly DefinitionSubstitutions?: Readonly<Record<string, string | number | boolean>>;
    readonly EncryptionConfiguration?: {
      readonly KmsDataKeyReusePeriodSeconds?: number;
      readonly KmsKeyId?: string;
      readonly Type: string;
    };
    readonly LoggingConfiguration?: {
      readonly Destinations?: readonly ({
        readonly CloudWatchLogsLogGroup?: {
          readonly LogGroupArn?: string;
        };
      })[];
      readonly IncludeExecutionData?: boolean;
      readonly Level?: string;
    };
    readonly RoleArn: string;
    readonly StateMachineName?: string;
    readonly StateMachineType?: string;
    readonly Tags?: readonly ({
      readonly Key: string;
      readonly Value: string;
    })[];
    readonly TracingConfiguration?: {
      readonly Enabled?: boolean;
    };
  };
  readonly "AWS::StepFunctions::StateMachineAlias": {
    readonly DeploymentPreference?: {
      readonly Alarms?: readonly (string)[];
      readonly Interval?: number;
      readonly Percentage?: number;
      readonly StateMachineVersionArn: string;
      readonly Type: string;
    };
    readonly Description?: string;
    readonly Name?: string;
    readonly RoutingConfiguration?: readonly ({
      readonly StateMachineVersionArn: string;
      readonly Weight: number;
    })[];
    readonly StateMachineArn?: string;
  };
  readonly "AWS::StepFunctions::StateMachineVersion": {
    readonly Description?: string;
    readonly StateMachineArn: string;
    readonly StateMachineRevisionId?: string;
  };
}
