import { writeFileSync } from "node:fs";
import { renderCommands } from "./render-commands.ts";

/** Writes `docs/commands.md` from the verbs themselves. A test holds that it is up to date. */
writeFileSync(new URL("../docs/commands.md", import.meta.url), renderCommands());
