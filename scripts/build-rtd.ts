import { buildRtd, rtdLacks } from "@timmy/hardware/rtd-build";

const lacks = rtdLacks();
if (lacks !== null) {
  console.error(`rtd: ${lacks}`);
  process.exit(1);
}
console.log(buildRtd());
