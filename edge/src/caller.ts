/** Who is asking. */
export interface Caller {
  /** May see the full view: wealth, thresholds, evidence. */
  isOperator: boolean;
}

/**
 * Finds out who is asking.
 *
 * One shared secret tells the operator from everybody else. Tokens with roles, and the rule that an
 * annotator may only submit in their own name, belong here and nowhere else: every route asks this function.
 */
export async function identify(request: Request, operatorSecret: string | undefined): Promise<Caller> {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (operatorSecret === undefined || token === undefined) {
    return { isOperator: false };
  }
  return { isOperator: await isSame(token, operatorSecret) };
}

/** Compares in a time that depends neither on where two strings differ nor on the secret's length. */
async function isSame(given: string, secret: string): Promise<boolean> {
  const encoder = new TextEncoder();
  const [left, right] = await Promise.all(
    [given, secret].map((text) => crypto.subtle.digest("SHA-256", encoder.encode(text))),
  );
  return crypto.subtle.timingSafeEqual(left!, right!);
}
