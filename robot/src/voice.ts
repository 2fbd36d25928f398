/** Speech. Without a voice on the machine the words are still an event that others can read. */
export interface Voice {
  say(text: string): Promise<void>;
}

/** A body without a loudspeaker: saying is done once the words are out as an event. */
export const silentVoice: Voice = { say: async () => {} };
