import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";

import { answer, newLab, openLab } from "./support/lab.mjs";
import { ITEMS } from "../demo/items.mjs";

describe("a worker that is set up", () => {
  let lab;
  before(async () => {
    lab = await newLab();
  });
  after(() => lab.close());

  const call = async (method, page, headers = {}, body = undefined) => {
    const response = await fetch(lab.url + page, { method, headers, body });
    const text = await response.text();
    return { response, problem: text === "" ? undefined : JSON.parse(text) };
  };

  for (const page of ["/", "/v1", "/v1/submissions/", "/v1/verdicts", "/v1/verdicts/", "/v1/verdicts/a/b", "/v1/verdicts/%ff"]) {
    test(`there is no page ${page}`, async () => {
      const { response, problem } = await call("GET", page);
      assert.equal(response.status, 404);
      assert.equal(response.headers.get("content-type"), "application/problem+json");
      assert.deepEqual([problem.status, problem.code], [404, "no-such-page"]);
    });
  }

  for (const [method, page, allowed] of [
    ["GET", "/v1/submissions", "POST"],
    ["PUT", "/v1/submissions", "POST"],
    ["OPTIONS", "/v1/submissions", "POST"],
    ["POST", "/v1/verdicts/s-1?annotator=ann-1", "GET, HEAD"],
    ["DELETE", "/v1/verdicts/s-1?annotator=ann-1", "GET, HEAD"],
    ["POST", "/healthz", "GET, HEAD"],
  ]) {
    test(`${method} ${page} is not allowed, and what is allowed is said`, async () => {
      const { response, problem } = await call(method, page);
      assert.equal(response.status, 405);
      assert.equal(response.headers.get("allow"), allowed);
      assert.equal(problem.code, "method-not-allowed");
    });
  }

  for (const kind of ["text/plain", "application/x-www-form-urlencoded", "application/json2", ""]) {
    test(`a submission as \`${kind}\` is not taken`, async () => {
      // Node adds a type of its own to text, and none to bytes.
      const body = new TextEncoder().encode(JSON.stringify(answer({ id: "s-1" })));
      const { response, problem } = await call("POST", "/v1/submissions", kind === "" ? {} : { "content-type": kind }, body);
      assert.equal(response.status, 415);
      assert.equal(response.headers.get("accept-post"), "application/json, application/x-ndjson");
      assert.equal(problem.code, "unsupported-media-type");
    });
  }

  test("a type may carry parameters and capitals", async () => {
    const response = await lab.post(answer({ id: "s-1" }), "Application/JSON; charset=utf-8");
    assert.equal(response.status, 200);
  });

  test("an empty stream is answered with nothing", async () => {
    const response = await lab.post("", "application/x-ndjson");
    assert.deepEqual([response.status, await response.text()], [200, ""]);
  });

  test("a verdict is asked for with its annotator", async () => {
    const { response, problem } = await call("GET", "/v1/verdicts/s-1");
    assert.deepEqual([response.status, problem.code], [400, "annotator-missing"]);
  });

  test("there is no verdict of an unknown submission, nor of an unknown annotator", async () => {
    for (const [id, annotator] of [["s-none", "ann-1"], ["s-1", "ann-none"]]) {
      const { status, body } = await lab.verdict(id, annotator);
      assert.deepEqual([status, body.code], [404, "no-such-verdict"]);
    }
  });

  test("the health page says what the gate runs with", async () => {
    const { response, problem: health } = await call("GET", "/healthz");
    assert.equal(response.status, 200);
    assert.equal(health.status, "ok");
    assert.match(health.policy, /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual([health.bom.trust, health.bom.trusted], ["pinned-key", true]);
    assert.deepEqual([health.bom.summary.items, health.bom.summary.complete], [ITEMS.length, true]);
    assert.ok(!("gold" in health), "gold is a secret");
    const { response: head } = await call("HEAD", "/healthz");
    assert.equal(head.status, 200);
  });
});

test("the default policy trusts no unsigned BOM: the health page says so and everything is refused", async (t) => {
  const lab = await openLab(t, { documents: { "policy.json": "{}" } });
  const health = await fetch(`${lab.url}/healthz`);
  assert.equal(health.status, 503);
  const { status, bom } = await health.json();
  assert.deepEqual([status, bom.trust, bom.trusted], ["failing", "pinned-key", false]);
  const { status: refused, body } = await lab.send(answer({ id: "s-1" }));
  assert.equal(refused, 422);
  assert.equal(body.reasons[0].code, "bom-untrusted");
});

for (const [what, documents, message] of [
  ["no policy", { "policy.json": undefined }, /policy\.json is missing/],
  ["a policy with a misspelt member", { "policy.json": '{"alhpa":0.01}' }, /^policy\.json: .*alhpa/],
  ["a policy that lets too much through", { "policy.json": '{"max_bytes":2000000}' }, /^policy\.json: max_bytes/],
  ["no BOM", { "bom.json": undefined }, /bom\.json is missing/],
  ["a BOM that ends early", { "bom.json": '{"bomFormat":"CycloneDX","spec' }, /^bom\.json: /],
  ["gold that is no gold", { "gold.json": '{"item":[]}' }, /^gold\.json: /],
]) {
  test(`with ${what} nothing is taken, and both pages say why`, async (t) => {
    const lab = await openLab(t, { documents });
    for (const response of [await fetch(`${lab.url}/healthz`), await lab.post(answer({ id: "s-1" }), "application/json")]) {
      assert.equal(response.status, 503);
      assert.equal(response.headers.get("retry-after"), "5");
      const problem = await response.json();
      assert.equal(problem.code, "gate-unavailable");
      assert.match(problem.detail, message);
    }
    assert.equal(lab.backend.keys.length, 0);
  });
}

test("a missing BOM that is brought later is found without a restart", async (t) => {
  const lab = await openLab(t, { documents: { "bom.json": undefined } });
  assert.equal((await lab.send(answer({ id: "s-1" }))).status, 503);
  const bucket = await lab.edge.miniflare.getR2Bucket("DATA");
  await bucket.put("bom.json", lab.demo("bom.json"));
  assert.equal((await lab.send(answer({ id: "s-1" }))).body.decision, "accept");
});

test("a policy without a BOM needs none", async (t) => {
  const lab = await openLab(t, { documents: { "policy.json": '{"bom":{"trust":"none"}}', "bom.json": undefined } });
  const { body } = await lab.send(answer({ id: "s-1" }), { as: "operator" });
  assert.deepEqual([body.decision, body.bom], ["accept", "none"]);
});

for (const [setting, value, message] of [
  ["BACKEND_URL", "collector", /^BACKEND_URL must be/],
  ["BACKEND_URL", "file:///etc/passwd", /^BACKEND_URL must be/],
  ["PROJECT", "a/b", /^PROJECT is/],
  ["ITEM_SHARDS", "0", /^ITEM_SHARDS must be/],
  ["RETRY_FIRST_MS", "soon", /^RETRY_FIRST_MS must be/],
  ["RETRY_LONGEST_MS", 10, /^RETRY_LONGEST_MS is less/],
  ["OPERATOR_SECRET", "short", /^OPERATOR_SECRET must have/],
]) {
  test(`a wrong ${setting} (${value}) is named, and nothing is taken`, async (t) => {
    const lab = await openLab(t, { settings: { [setting]: value } });
    for (const response of [await fetch(`${lab.url}/healthz`), await lab.post(answer({ id: "s-1" }), "application/json")]) {
      assert.equal(response.status, 500);
      const { code, detail } = await response.json();
      assert.equal(code, "misconfigured");
      assert.match(detail, message);
      assert.ok(!detail.includes(String(value)), "a value may be a secret");
    }
  });
}

test("a page is served beside the routes", async (t) => {
  const lab = await newLab();
  t.after(() => lab.close());
  await lab.stop();
  const www = path.join(lab.folder, "www");
  await mkdir(www);
  await writeFile(path.join(www, "index.html"), "<title>the page</title>");
  await lab.start({ www });
  assert.match(await (await fetch(`${lab.url}/`)).text(), /the page/);
  assert.equal((await fetch(`${lab.url}/healthz`)).status, 200);
  assert.equal((await lab.send(answer({ id: "s-1" }))).body.decision, "accept");
  assert.equal((await fetch(`${lab.url}/nothing`)).status, 404);
});
