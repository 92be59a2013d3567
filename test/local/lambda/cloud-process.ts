import { startLocalCloud } from "../../../lib/local/local-cloud.ts";

/** Run as a program of its own, to be killed: starts a cloud on the state folder and prints its endpoint. */
const stateFolder = process.argv[2];
if (stateFolder === undefined) throw new Error("Expected the state folder as the first argument, got nothing.");
const { endpoint } = await startLocalCloud({ stateFolder });
console.log(endpoint);
