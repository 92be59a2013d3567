import { writeFileSync } from "node:fs";
import { renderCoverage } from "./render-coverage.ts";

/** Writes `docs/coverage.md` from the services themselves. A test holds that it is up to date. */
writeFileSync(new URL("../docs/coverage.md", import.meta.url), await renderCoverage());
