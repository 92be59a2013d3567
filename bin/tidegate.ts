#!/usr/bin/env node
import { runCommandLine } from "../lib/cli/run-command-line.ts";

const exitCode = await runCommandLine(process.argv.slice(2));
// Timers of the SDK's connections would hold the process for three more seconds: leave once everything is written.
process.stdout.write("", () => process.stderr.write("", () => process.exit(exitCode)));
