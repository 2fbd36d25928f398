/** One sight of a wall tag, in the camera's frame; what a camera with a tag detector gives. */
export interface TagSighting {
  readonly id: number;
  /** From straight ahead, counter-clockwise, radians. */
  readonly bearingRad: number;
  /** From the camera to the tag, metres. */
  readonly rangeM: number;
  /** Milliseconds between the exposure and its delivery. */
  readonly ageMs: number;
}

/** The camera's tags, about ten times a second. */
export interface TagSensor {
  onSightings(listen: (sightings: readonly TagSighting[]) => void): () => void;
  stop(): void;
}
