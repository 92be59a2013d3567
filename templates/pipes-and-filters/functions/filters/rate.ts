import { filter } from "../pipe.ts";

/** Counts the stars at the end, one to five. */
export const handler = filter((review) => {
  const [marks = ""] = /(?:^| )\*{1,5}$/.exec(review.text) ?? [];
  const stars = marks.trim().length;
  if (stars === 0) throw new Error(`Review ${review.id} has no stars.`);
  return { ...review, text: review.text.slice(0, review.text.length - marks.length), stars };
});
