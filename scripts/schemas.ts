import { mkdirSync, writeFileSync } from "node:fs";
import { exportSchemas } from "@timmy/shared/mqtt/schemas";

// Writes shared/schemas; shared/src/mqtt/schemas.test.ts compares them with the code.
const folder = new URL("../shared/schemas/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(exportSchemas()))
  writeFileSync(new URL(name, folder), text);
