#!/usr/bin/env node
import module from "node:module";

// A Node that is too old for the command is too old for this as well, and has to say so.
if ("enableCompileCache" in module) module.enableCompileCache();
const { runCommandLine } = await import("../lib/cli/run-command-line.ts");

const exitCode = await runCommandLine(process.argv.slice(2));
// Timers of the SDK's connections would hold the process for three more seconds: leave once everything is written.
process.stdout.write("", () => process.stderr.write("", () => process.exit(exitCode)));
