/* In workerd the module is imported; with the platform's own types. */
import module from "labelgate/labelgate.wasm";
import { Gate, initSync } from "labelgate/slim";

initSync(module);
const gate = new Gate({ bom: { trust: "none" } });

export default {
  async fetch(request: Request): Promise<Response> {
    await gate.loadBom(await fetch("https://example.com/bom.json"));
    if (request.body) await gate.hasher().hash(request.body, { signal: request.signal });
    return new Response(gate.checkBytes(new Uint8Array(await request.arrayBuffer())));
  },
} satisfies ExportedHandler;
