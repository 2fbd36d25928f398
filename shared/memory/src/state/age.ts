import type { StateSecret } from "@timmy/shared/agent/state-transfer";
import { TimmyError } from "@timmy/shared/errors";
import { Decrypter, Encrypter, identityToRecipient } from "age-encryption";

/** How every age file begins (age-encryption.org/v1). */
export const ageMagic = "age-encryption.org/v1\n";

type Bytes = AsyncIterable<Uint8Array>;

/** A web stream that takes from an iterator at the pace of its reader. */
function toStream(bytes: Bytes): ReadableStream<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

async function* fromStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  let whole = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
    whole = true;
  } finally {
    if (!whole) await reader.cancel().catch(() => undefined);
  }
}

/** Adds a recipient; a bad one is the caller's error. */
async function addSecret(encrypter: Encrypter, secret: StateSecret): Promise<void> {
  try {
    if (secret.kind === "passphrase") encrypter.setPassphrase(secret.passphrase);
    else if (secret.kind === "recipient") encrypter.addRecipient(secret.recipient);
    else encrypter.addRecipient(await identityToRecipient(secret.identity));
  } catch (cause) {
    throw new TimmyError("usage", "This is no age recipient (age1...).", { cause });
  }
}

/** Throws `usage` for what nothing can be encrypted for, before anything is begun. */
export const checkSecret = (secret: StateSecret): Promise<void> =>
  addSecret(new Encrypter(), secret);

/** `workFactor` is the base-2 logarithm of scrypt's work; tests take less than age's own 18. */
export async function* encrypt(
  bytes: Bytes,
  secret: StateSecret,
  workFactor = 18,
): AsyncGenerator<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(workFactor);
  await addSecret(encrypter, secret);
  yield* fromStream(await encrypter.encrypt(toStream(bytes)));
}

function createDecrypter(secret: StateSecret | undefined): Decrypter {
  if (secret === undefined || secret.kind === "recipient") {
    const why = "It is encrypted; a recipient alone does not open it.";
    throw new TimmyError("state-locked", secret === undefined ? "It is encrypted." : why);
  }
  const decrypter = new Decrypter();
  if (secret.kind === "passphrase") decrypter.addPassphrase(secret.passphrase);
  else addIdentity(decrypter, secret.identity);
  return decrypter;
}

function addIdentity(decrypter: Decrypter, identity: string): void {
  try {
    decrypter.addIdentity(identity);
  } catch (cause) {
    const why = "The identity is none (AGE-SECRET-KEY-1...): it was changed or cut off.";
    throw new TimmyError("state-locked", why, { cause });
  }
}

/** What the library says when nothing in a whole header was encrypted for the secret. */
const noMatch = "no identity matched";

/** Throws `state-locked` for a wrong secret, `state-damaged` for bytes that were changed. */
export async function* decrypt(
  bytes: Bytes,
  secret: StateSecret | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    yield* fromStream(await createDecrypter(secret).decrypt(toStream(bytes)));
  } catch (cause) {
    if (cause instanceof TimmyError) throw cause;
    if (!(cause instanceof Error) || !cause.message.startsWith(noMatch)) {
      throw new TimmyError("state-damaged", "Its bytes are not those that were written.", {
        cause,
      });
    }
    throw new TimmyError("state-locked", "The passphrase or the identity is wrong.", { cause });
  }
}
