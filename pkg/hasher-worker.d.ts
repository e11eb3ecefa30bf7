/**
 * The module worker behind `hash()` of `labelgate` in a page. It is started when it is needed; the
 * entry is listed for bundlers that want their workers named. It exports nothing.
 */
export {};
