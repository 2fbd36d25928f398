import type { Books } from "@timmy/companion/ledger/port";

/** A place in a protocol where a process may die. */
export type Point = () => void;

/** Counts the places that were passed, and dies by SIGKILL at one of them; 0 is never. */
export function createPoint(dieAt: number): Point {
  let passed = 0;
  return () => {
    if (++passed === dieAt) process.kill(process.pid, "SIGKILL");
  };
}

/** The same books with a point before, inside and after each transaction, and each step of it. */
export function breakable(books: Books, point: Point): Books {
  const around = <T>(run: () => T): T => {
    point();
    const result = run();
    point();
    return result;
  };
  const { ledger } = books;
  return {
    ...books,
    ledger: {
      ...ledger,
      post: (entry) => around(() => ledger.post(entry)),
      hold: (request) => around(() => ledger.hold(request)),
      release: (id) => around(() => ledger.release(id)),
    },
    write: (work) => around(() => books.write(() => around(work))),
    commit: (work) => books.commit(() => around(work)).finally(point),
  };
}
