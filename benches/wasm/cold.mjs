// One cold start in this process: prints the milliseconds from the bytes of the module to 100 verdicts.

import { readFileSync } from "node:fs";

import * as glue from "../../pkg/wasm/labelgate.js";
import { coldInput, coldStart, unseen } from "./start.mjs";

const module = unseen(new Uint8Array(readFileSync(new URL("../../pkg/wasm/labelgate_bg.wasm", import.meta.url))));
console.log(coldStart(glue, module, coldInput()));
