// In place of vitest, in the lab's machines: the same runner and the same assertions, without the rest (Vite, workers,
// mocks, snapshots), so that a test file is the same text here and there.
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  addCustomEqualityTesters,
  chai,
  customMatchers,
  GLOBAL_EXPECT,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  type MatcherState,
  setState,
} from "@vitest/expect";
import type { ExpectStatic } from "vitest";

export {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  it,
  onTestFinished,
  suite,
  test,
} from "@vitest/runner";

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

/** JestExtend puts `extend` there. */
const addMatchers = (to: ExpectStatic, matchers: object): void => {
  const extend = Reflect.get(chai.expect, "extend") as (to: ExpectStatic, matchers: object) => void;
  extend.call(chai.expect, to, matchers);
};

/** `expect` of one runner. Assertions are not counted (`expect.assertions`): no kernel test asks for it. */
export const expect = ((value: unknown, message?: string) => chai.expect(value, message)) as ExpectStatic;
Object.assign(expect, chai.expect, Reflect.get(globalThis, ASYMMETRIC_MATCHERS_OBJECT), {
  getState: () => getState(expect),
  setState: (state: Partial<MatcherState>) => setState(state, expect),
  extend: (matchers: object): void => addMatchers(expect, matchers),
  addEqualityTesters: addCustomEqualityTesters,
});
setState<MatcherState>(
  {
    assertionCalls: 0,
    isExpectingAssertions: false,
    isExpectingAssertionsError: null,
    expectedAssertionsNumber: null,
    expectedAssertionsNumberErrorGen: null,
  },
  expect,
);
expect.extend(customMatchers);
Reflect.set(globalThis, GLOBAL_EXPECT, expect);
