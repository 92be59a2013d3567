import { filter } from "../pipe.ts";

/** Removes markup and superfluous space. */
export const handler = filter((review) => {
  const text = review.text.replaceAll(/<[^<>]*>/g, "").split(/\s/);
  return { ...review, text: text.filter((word) => word !== "").join(" ") };
});
