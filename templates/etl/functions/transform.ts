/** A line of a file, as its header names its fields. */
type Line = Readonly<Record<string, string>>;

/** What a line becomes in the table. */
interface Product {
  readonly id: string;
  readonly product: string;
  readonly cents: number;
}

/** A line that is not loaded, and why. */
export interface RefusedLine {
  readonly line: Line;
  readonly why: string;
}

/** Checks a batch of lines and transforms those that are right. */
export async function handler({ lines }: { readonly lines: readonly Line[] }) {
  const products: Product[] = [];
  const refused: RefusedLine[] = [];
  for (const line of lines) {
    const why = findProblem(line);
    if (why === undefined) products.push(toProduct(line));
    else refused.push({ line, why });
  }
  return { products, refused };
}

function findProblem({ id = "", product = "", price = "" }: Line): string | undefined {
  if (id === "") return "id: is missing";
  if (product.trim() === "") return "product: is missing";
  if (!/^\d+(\.\d{1,2})?$/.test(price)) return `price: got '${price}'; allowed are amounts like 4.50`;
  return undefined;
}

function toProduct({ id = "", product = "", price = "" }: Line): Product {
  return { id, product: product.trim(), cents: Math.round(Number(price) * 100) };
}
