import { filter } from "../pipe.ts";

/** Hides e-mail addresses. */
export const handler = filter((review) => {
  const words = review.text.split(" ").map((word) => (word.includes("@") ? "[address]" : word));
  return { ...review, text: words.join(" ") };
});
