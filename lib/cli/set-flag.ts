import { parseChange } from "../look/invoke/set-path.ts";
import type { Flag } from "./verb.ts";

/** `--set`: a value of the event that is sent, as `path=value`; repeatable. */
export const SET_FLAG: Flag = {
  flags: "--set <path=value>",
  description: "set a value of the event, for example body.id=7; repeatable",
  repeatable: true,
  parse: parseChange,
};
