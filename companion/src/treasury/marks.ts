import type { Books } from "../ledger/port.ts";

/** Small facts that must outlive the process. */
export interface Marks {
  get(name: string): string | null;
  set(name: string, value: string): void;
}

export const createMarks = (books: Books): Marks => ({
  get: (name) =>
    books.sql.get<{ value: string }>("SELECT value FROM treasury_marks WHERE name = ?", name)
      ?.value ?? null,
  set: (name, value) => {
    books.write(() => {
      books.sql.run(
        `INSERT INTO treasury_marks (name, value) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
        name,
        value,
      );
    });
  },
});
