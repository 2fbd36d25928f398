export type ThemeChoice = "system" | "light" | "dark";

const storageKey = "timmy-theme";
const choices = ["system", "light", "dark"] as const satisfies readonly ThemeChoice[];

export interface ThemePorts {
  readonly storage: Pick<Storage, "getItem" | "setItem">;
  readonly prefersDark: MediaQueryList;
  readonly root: HTMLElement;
  readonly onChange: (choice: ThemeChoice, shown: "light" | "dark") => void;
}

export interface Theme {
  /** Goes on to the next of system, light, dark, and remembers it. */
  next(): void;
}

/** Shows the theme that the reader chose, or the system's as long as none was chosen. */
export function startTheme(ports: ThemePorts): Theme {
  const { storage, prefersDark, root } = ports;
  let choice = choices.find((one) => one === read()) ?? "system";

  // Storage may be forbidden (private windows); then the choice lasts as long as the page.
  function read(): string | null {
    try {
      return storage.getItem(storageKey);
    } catch {
      return null;
    }
  }
  function write(): void {
    try {
      storage.setItem(storageKey, choice);
    } catch {
      // See `read`.
    }
  }
  function show(): void {
    const system = prefersDark.matches ? "dark" : "light";
    const shown = choice === "system" ? system : choice;
    root.dataset["theme"] = shown;
    ports.onChange(choice, shown);
  }
  prefersDark.addEventListener("change", show);
  show();
  return {
    next() {
      choice = choices[(choices.indexOf(choice) + 1) % choices.length] ?? "system";
      write();
      show();
    },
  };
}
