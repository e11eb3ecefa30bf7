/*
 * Calls from the page to its worker, and the answers.
 *
 * To the worker: {id, name, argument}, and {id, cancel} to stop one. Back: {id, event} any number of
 * times, then {id, result} or {id, error}.
 */

/** The page's side: one worker, many calls under way. */
export class Caller {
  #worker;
  #calls = new Map();
  #last = 0;
  #broken;

  constructor(worker) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }) => this.#receive(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#break(new CallError("worker", event.message || "the worker did not start"));
    });
  }

  /** Calls by name. `onEvent` hears of progress; an aborted `signal` stops the work in the worker. */
  call(name, argument, { onEvent, signal } = {}) {
    return new Promise((resolve, reject) => {
      if (this.#broken) return reject(this.#broken);
      const id = (this.#last += 1);
      const cancel = () => this.#worker.postMessage({ id, cancel: true });
      signal?.addEventListener("abort", cancel, { once: true });
      const settle = (end) => (value) => {
        signal?.removeEventListener("abort", cancel);
        this.#calls.delete(id);
        end(value);
      };
      this.#calls.set(id, { resolve: settle(resolve), reject: settle(reject), onEvent });
      this.#worker.postMessage({ id, name, argument });
    });
  }

  #receive({ id, event, result, error }) {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    if (event !== undefined) call.onEvent?.(event);
    else if (error !== undefined) call.reject(new CallError(error.code, error.message));
    else call.resolve(result);
  }

  #break(error) {
    this.#broken = error;
    for (const call of this.#calls.values()) call.reject(error);
  }
}

/** What went wrong in the worker. `code` is a `LabelgateError`'s, `cancelled`, `worker` or `unexpected`. */
export class CallError extends Error {
  constructor(code, message) {
    super(message);
    this.name = "CallError";
    this.code = code;
  }
}

/** The worker's side: `handlers[name](argument, {send, signal})` answers a call. */
export function answerCalls(scope, handlers) {
  const running = new Map();
  scope.addEventListener("message", async ({ data: { id, name, argument, cancel } }) => {
    if (cancel) return running.get(id)?.abort();
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const send = (event) => scope.postMessage({ id, event });
      const result = await handlers[name](argument, { send, signal: controller.signal });
      scope.postMessage({ id, result });
    } catch (thrown) {
      const code = controller.signal.aborted ? "cancelled" : (thrown?.code ?? "unexpected");
      // A DOMException's code is a number and says less than its name.
      scope.postMessage({ id, error: { code: typeof code === "string" ? code : thrown.name, message: String(thrown?.message ?? thrown) } });
    } finally {
      running.delete(id);
    }
  });
}
