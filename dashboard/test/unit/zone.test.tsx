// @vitest-environment happy-dom
import { act, cleanup, render } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

afterEach(cleanup);
beforeEach(() => {
  vi.resetModules();
  localStorage.setItem('agentpulse.zone', 'UTC');
});

/** As a visit begins: with what the browser kept of the last one. */
async function visit(search: string) {
  history.replaceState(null, '', `/${search}`);
  const { chooseZone, useZone, useZoneChoice, zoneName } = await import('../../src/lib/zone');
  const Shown = () => <p>{`${useZoneChoice()}: ${useZone()}`}</p>;
  const page = render(<Shown />);
  return { choose: (choice: string) => act(() => chooseZone(choice)), shown: () => page.container.textContent, local: zoneName('local') };
}

test.each(['', '?tz=UTC'])('local, chosen where UTC was kept and the address is "%s", is shown at once', async (search) => {
  const { choose, shown, local } = await visit(search);
  expect(shown()).toBe('UTC: UTC');
  choose('local');
  expect(shown()).toBe(`local: ${local}`);
  choose('Asia/Tokyo');
  expect(shown()).toBe('Asia/Tokyo: Asia/Tokyo');
});
