/**
 * How much CloudFormation takes: entries of a section, and bytes of a template that is uploaded to S3 or sent in the
 * request. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
export const TEMPLATE_LIMITS = {
  uploadedBytes: 1_000_000,
  sentBytes: 51_200,
  sections: { Resources: 500, Parameters: 200, Outputs: 200, Mappings: 200 },
} as const;

/** A section of a template whose entries are counted. */
export type LimitedSection = keyof typeof TEMPLATE_LIMITS.sections;

/** How many entries a section may have; undefined where there is no limit. */
export function sectionLimit(section: string): number | undefined {
  return Object.entries(TEMPLATE_LIMITS.sections).find(([name]) => name === section)?.[1];
}
