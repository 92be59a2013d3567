/** Random schedules that once broke the engine; each runs before the random ones. */
export const FOUND_SCHEDULES = [
  // A write whose reply never came, then the alias put right by hand: the rollback took that for a foreign change.
  {
    seed: 45_509,
    faults: [],
    deployers: [
      {
        startsAfter: 315_896,
        verb: "deploy another",
        killAt: { effect: 44, when: "after" },
        freezeAt: { effect: 41, durationMs: 1_537_441 },
      },
      {
        startsAfter: 229_687,
        verb: "resume",
        killAt: { effect: 69, when: "before" },
        freezeAt: { effect: 60, durationMs: 499_534 },
      },
    ],
    mishaps: [{ after: 1_025_837, what: "foreign move" }],
  },
  // A wish to pause that came when the release was paused already kept its driver waiting for ever.
  {
    seed: 70_098,
    faults: [],
    deployers: [
      { startsAfter: 1_142_139, verb: "pause", killAt: undefined, freezeAt: undefined },
      {
        startsAfter: 347_398,
        verb: "deploy another",
        killAt: { effect: 82, when: "before" },
        freezeAt: { effect: 51, durationMs: 571_559 },
      },
      { startsAfter: 1_086_318, verb: "promote", killAt: undefined, freezeAt: { effect: 12, durationMs: 1_345_294 } },
    ],
    mishaps: [
      { after: 1_312_015, what: "metrics gone" },
      { after: 278_129, what: "foreign weight" },
      { after: 954_037, what: "green alarm" },
    ],
  },
] as const;
