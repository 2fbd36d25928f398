import type { Mind } from "@timmy/shared/agent/mind";
import type { EventPayload } from "@timmy/shared/mqtt/payloads";
import { createMemoryLogger } from "@timmy/shared/ports/logger";
import { loadWorld } from "@timmy/sim/world";
import { afterEach } from "vitest";
import { createLockstepHouse, type LockstepHouse } from "../../cli/lockstep.ts";

export interface TestHouse extends LockstepHouse {
  readonly tasks: EventPayload<"task">[];
  /** Says a sentence and waits for its task to end; answers the last event. */
  tell(text: string): Promise<EventPayload<"task">>;
  /** Says a sentence and answers once the robot moves faster than 0.2 m/s. */
  tellAndMove(text: string): Promise<void>;
  run(ms: number): Promise<void>;
}

const open: LockstepHouse[] = [];
afterEach(async () => {
  for (const house of open.splice(0)) await house.stop();
});

/** A lockstep house that is stopped after the test, with its robot online. */
export async function openHouse(
  options: {
    seed?: number;
    closedDoors?: string[];
    mind?: Mind;
    settled?: boolean;
    ownerKey?: Uint8Array;
  } = {},
): Promise<TestHouse> {
  const world = loadWorld("house_001", { closedDoors: options.closedDoors ?? [] });
  const tasks: EventPayload<"task">[] = [];
  const house = await createLockstepHouse({
    world,
    seed: options.seed ?? 1,
    logger: createMemoryLogger(),
    ...(options.mind === undefined ? {} : { mind: options.mind }),
    ...(options.ownerKey === undefined ? {} : { ownerKey: options.ownerKey }),
    onTask: (event) => tasks.push(event),
  });
  open.push(house);
  const run = async (ms: number) => {
    await house.runUntil(() => false, ms);
  };
  await run(600);
  if (options.settled !== false) await house.settle(house.robot.life.settled(), 10_000);
  return {
    ...house,
    tasks,
    run,
    async tell(text) {
      const answer = await house.settle(house.gateway.hear(text), 30_000);
      const ended = () =>
        tasks.find((event) => event.task_id === answer.taskId && event.phase === "ended");
      await house.runUntil(() => ended() !== undefined, 600_000);
      const event = ended();
      if (event === undefined) throw new Error(`no end of "${text}": ${answer.sentence}`);
      return event;
    },
    async tellAndMove(text) {
      const answer = await house.settle(house.gateway.hear(text), 30_000);
      if (!answer.ok) throw new Error(answer.sentence);
      const moving = await house.runUntil(() => Math.abs(house.sim.truth().speedMps) > 0.2, 60_000);
      if (!moving) throw new Error(`it never moved for "${text}"`);
    },
  };
}
