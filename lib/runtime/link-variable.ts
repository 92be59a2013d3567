/** What the name of a link may be: a part of an environment variable's name, and a property's name in code. */
export const LINK_NAME = /^[A-Za-z][A-Za-z0-9]*$/;

/** The attributes that links have. */
export const LINK_ATTRIBUTES = ["arn", "name", "url"] as const;

/** One of the attributes that links have. */
export type LinkAttribute = (typeof LINK_ATTRIBUTES)[number];

/** The environment variable that holds an attribute of a link: `TIDEGATE_Orders_name`. */
export const linkVariable = (link: string, attribute: string): string => `TIDEGATE_${link}_${attribute}`;
