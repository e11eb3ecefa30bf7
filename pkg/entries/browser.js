import { inlineModule } from "../dist/inline.js";
import { provideModule } from "../lib/module.js";
import { providePageWorker } from "../lib/page-worker.js";

provideModule(inlineModule);
providePageWorker();

export * from "../lib/api.js";
