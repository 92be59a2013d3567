import { filter } from "../pipe.ts";

/** Takes markup out, and space that nobody needs. */
export const handler = filter((review) => {
  const text = review.text.replaceAll(/<[^<>]*>/g, "").split(/\s/);
  return { ...review, text: text.filter((word) => word !== "").join(" ") };
});
