import type { ShopSchedule } from "./rehearse-shop.ts";

/** Random schedules that once broke the engine; each runs before the random ones. */
export const FOUND_SCHEDULES = [
  // A pause that was requested and never honoured: the driver that resumes the release stops there first.
  {
    seed: 654122,
    faults: [{ call: ["s3", "GetObject"], kind: "lose-reply-and-retry", times: 1, skip: 5 }],
    deployers: [
      {
        startsAfter: 1,
        verb: "pause",
        killAt: { effect: 39, when: "after" },
        freezeAt: { effect: 5, durationMs: 6 },
        outage: { afterMs: 14, durationMs: 600000, kind: "expired token" },
      },
      {
        startsAfter: 32938,
        verb: "pause",
        killAt: { effect: 59, when: "before" },
        freezeAt: { effect: 57, durationMs: 24571 },
        outage: { afterMs: 143405, durationMs: 383392, kind: "expired token" },
      },
      {
        startsAfter: 527817,
        verb: "deploy",
        killAt: { effect: 87, when: "after" },
        freezeAt: { effect: 14, durationMs: 1062427 },
        outage: { afterMs: 390790, durationMs: 1017, kind: "expired token" },
      },
      {
        startsAfter: 1049188,
        verb: "pause",
        killAt: { effect: 5, when: "after" },
        freezeAt: { effect: 33, durationMs: 5 },
        outage: { afterMs: 146212, durationMs: 599992, kind: "expired token" },
      },
    ],
    mishaps: [
      { after: 242893, what: "finalises fail" },
      { after: 1209600, what: "stack busy" },
    ],
    wayOut: "resume",
  },
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
  // A pause request that came when the release was paused already kept its driver waiting for ever.
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
  // A rollback that saw no release, froze, and took the lock of one that had started meanwhile.
  {
    seed: 262_691,
    faults: [],
    deployers: [
      {
        startsAfter: 972_661,
        verb: "promote",
        killAt: { effect: 53, when: "before" },
        freezeAt: { effect: 2, durationMs: 122_131 },
      },
      {
        startsAfter: 618_087,
        verb: "abort",
        killAt: { effect: 16, when: "before" },
        freezeAt: { effect: 19, durationMs: 1_767_539 },
      },
      {
        startsAfter: 1_014_765,
        verb: "rollback",
        killAt: { effect: 20, when: "before" },
        freezeAt: { effect: 0, durationMs: 1_447_494 },
      },
      {
        startsAfter: 165_349,
        verb: "deploy another",
        killAt: { effect: 33, when: "after" },
        freezeAt: { effect: 1, durationMs: 857_001 },
      },
    ],
    mishaps: [
      { after: 1_020_511, what: "foreign move" },
      { after: 1_169_664, what: "stack busy" },
    ],
  },
  // An alias was moved by hand to the very version that was about to be promoted; the rollback undid it.
  {
    seed: 86_556,
    faults: [
      { call: ["lambda", "ListVersionsByFunction"], kind: "lose-reply", times: 4, skip: 37 },
      { call: ["s3", "PutObject"], kind: "lose-reply", times: 4, skip: 9 },
    ],
    deployers: [
      {
        startsAfter: 149_607,
        verb: "deploy",
        killAt: { effect: 83, when: "after" },
        freezeAt: { effect: 59, durationMs: 655_273 },
      },
      {
        startsAfter: 767_331,
        verb: "promote",
        killAt: { effect: 26, when: "after" },
        freezeAt: { effect: 1, durationMs: 1_009_656 },
      },
    ],
    mishaps: [
      { after: 781_518, what: "stack busy" },
      { after: 1_129_576, what: "foreign move" },
      { after: 997_181, what: "red alarm" },
    ],
  },
  // An alias was moved by hand to the new version just before a promotion that had not planned its write yet.
  {
    seed: 364_198,
    faults: [{ call: ["sfn", "UpdateStateMachineAlias"], kind: "drop", times: 4, skip: 38 }],
    deployers: [
      {
        startsAfter: 760_663,
        verb: "deploy",
        killAt: { effect: 57, when: "before" },
        freezeAt: { effect: 55, durationMs: 873_501 },
      },
      { startsAfter: 912_327, verb: "promote", killAt: { effect: 42, when: "before" }, freezeAt: undefined },
      { startsAfter: 994_806, verb: "abort", killAt: undefined, freezeAt: { effect: 56, durationMs: 161_546 } },
    ],
    mishaps: [
      { after: 916_141, what: "foreign weight" },
      { after: 1_441_206, what: "stack busy" },
      { after: 907_422, what: "foreign move" },
    ],
  },
  // A write whose reply was lost, then the alias put back by hand: the next driver took its write for one never made.
  {
    seed: 405_822,
    faults: [
      { call: ["sfn", "DescribeStateMachineAlias"], kind: "throttle", times: 1, skip: 39 },
      { call: ["stacks", "Stage"], kind: "throttle", times: 1, skip: 39 },
    ],
    deployers: [
      {
        startsAfter: 134_517,
        verb: "resume",
        killAt: { effect: 60, when: "after" },
        freezeAt: { effect: 22, durationMs: 148_648 },
      },
      {
        startsAfter: 562_967,
        verb: "deploy another",
        killAt: { effect: 70, when: "after" },
        freezeAt: { effect: 32, durationMs: 909_154 },
      },
      { startsAfter: 1_103_184, verb: "promote", killAt: { effect: 66, when: "after" }, freezeAt: undefined },
      {
        startsAfter: 294_589,
        verb: "deploy",
        killAt: { effect: 81, when: "before" },
        freezeAt: { effect: 20, durationMs: 1_524_599 },
      },
    ],
    mishaps: [
      { after: 459_356, what: "foreign move" },
      { after: 417_599, what: "foreign move" },
      { after: 957_340, what: "foreign move" },
    ],
  },
  // Killed between two promotions, and rolled back weeks later: the stable versions had fallen asleep.
  {
    seed: 293622,
    faults: [
      { call: ["lambda", "PutProvisionedConcurrencyConfig"], kind: "lose-reply-and-retry", times: 3, skip: 5 },
      { call: ["stacks", "Stage"], kind: "throttle", times: 1, skip: 18 },
    ],
    deployers: [
      {
        startsAfter: 246132,
        verb: "deploy another",
        killAt: { effect: 64, when: "after" },
        freezeAt: { effect: 12, durationMs: 660846 },
      },
    ],
    mishaps: [],
  },
] as const;

/** The same of shops that are deployed from templates. */
export const FOUND_SHOP_SCHEDULES: readonly ShopSchedule[] = [
  // A person cancelled the update that moves the pins: CloudFormation put the old versions live, unnoticed.
  {
    seed: 1,
    statusDelayMs: 0,
    replacesQueue: false,
    rounds: [
      {
        byHand: "nothing",
        shop: {
          code: "b",
          queue: "first",
          nested: undefined,
          flow: false,
          mode: undefined,
          aliasDescription: undefined,
          fails: false,
        },
        killAt: undefined,
        fault: undefined,
        cancelAfterMs: 150_000,
        recovery: "resume",
      },
    ],
  },
  // An operator updated the stack after a release had staged it: what is deployed then is not what the release promised.
  {
    seed: 23770,
    statusDelayMs: 0,
    replacesQueue: false,
    rounds: [
      {
        byHand: "parameter changed",
        shop: {
          code: "a",
          queue: "first",
          nested: "deeper",
          flow: false,
          mode: "b",
          aliasDescription: "live traffic",
          fails: false,
        },
        killAt: {
          effect: 22,
          when: "before",
        },
        fault: undefined,
        cancelAfterMs: 190492,
        recovery: "rollback without stacks",
      },
      {
        byHand: "pin changed",
        shop: {
          code: "a",
          queue: "first",
          nested: "deep",
          flow: false,
          mode: "a",
          aliasDescription: "live traffic",
          fails: false,
        },
        killAt: {
          effect: 15,
          when: "before",
        },
        fault: {
          call: ["lambda", "GetAlias"],
          kind: "throttle",
          times: 3,
          skip: 13,
        },
        cancelAfterMs: 72009,
        recovery: "rollback without stacks",
      },
      {
        byHand: "parameter changed",
        shop: {
          code: "a",
          queue: "first",
          nested: "deep",
          flow: false,
          mode: "b",
          aliasDescription: "live traffic",
          fails: false,
        },
        killAt: undefined,
        fault: {
          call: ["cloudformation", "ExecuteChangeSet"],
          kind: "throttle",
          times: 3,
          skip: 0,
        },
        cancelAfterMs: 192703,
        recovery: "deploy",
      },
    ],
  },
];
