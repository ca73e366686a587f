/** Points in columns that grow as they come. */

export interface Points {
  readonly count: number;
  /** The point's row of the tree. [count] */
  readonly rows: Int32Array;
  readonly users: Int32Array;
  /** Positive events, parts included. [count] */
  readonly events: Float32Array;
  /** The points of the parent's row and of the root in the same session; -1 for the root's parent. [count] each */
  readonly parentPoints: Int32Array;
  readonly rootPoints: Int32Array;
  /** Smoothed rates of the row itself, events per day. [count, K] */
  readonly rates: Float32Array;
}

export interface GrowingPoints {
  /** @returns the new point's number */
  add(row: number, user: number, events: number, parentPoint: number, rootPoint: number): number;
  setRate(point: number, timescale: number, rate: number): void;
  finish(): Points;
}

const capacityFirst = 1_024;

export function growingPoints(timescales: number): GrowingPoints {
  let capacity = capacityFirst;
  let count = 0;
  let rows = new Int32Array(capacity);
  let users = new Int32Array(capacity);
  let events = new Float32Array(capacity);
  let parentPoints = new Int32Array(capacity);
  let rootPoints = new Int32Array(capacity);
  let rates = new Float32Array(capacity * timescales);

  const grow = () => {
    capacity *= 2;
    const wider = <Column extends Int32Array | Float32Array>(column: Column, into: Column): Column => {
      into.set(column);
      return into;
    };
    rows = wider(rows, new Int32Array(capacity));
    users = wider(users, new Int32Array(capacity));
    events = wider(events, new Float32Array(capacity));
    parentPoints = wider(parentPoints, new Int32Array(capacity));
    rootPoints = wider(rootPoints, new Int32Array(capacity));
    rates = wider(rates, new Float32Array(capacity * timescales));
  };

  return {
    add(row, user, happened, parentPoint, rootPoint) {
      if (count === capacity) grow();
      rows[count] = row;
      users[count] = user;
      events[count] = happened;
      parentPoints[count] = parentPoint;
      // The root's point comes first in its session and refers to itself.
      rootPoints[count] = parentPoint < 0 ? count : rootPoint;
      return count++;
    },
    setRate(point, timescale, rate) {
      rates[point * timescales + timescale] = rate;
    },
    finish: () => ({
      count,
      rows: rows.subarray(0, count),
      users: users.subarray(0, count),
      events: events.subarray(0, count),
      parentPoints: parentPoints.subarray(0, count),
      rootPoints: rootPoints.subarray(0, count),
      rates: rates.subarray(0, count * timescales),
    }),
  };
}
