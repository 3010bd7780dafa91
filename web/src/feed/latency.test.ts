import { describe, expect, test } from 'vitest';
import { maxLatencies, openLatencyMeter, reportMs } from './latency';
import { TestBrowser } from './testing/browser';
import { aComment } from './testing/data';
import { json } from './testing/server';

interface Report {
  streamId: string;
  transport: string;
  latenciesMs: number[];
  clockErrorMs: number;
}

/** A service whose clock is two hours ahead, and a way to it that takes a while. */
function measure(sampleRate = 1, wayMs = [30, 10]) {
  const aheadMs = 7_200_000;
  const reports: Report[] = [];
  const browser = new TestBrowser({
    connect: () => {},
    fetch: async (address, init, tab) => {
      expect(address).toBe('/api/telemetry/display');
      reports.push(JSON.parse(String(init?.body)));
      await new Promise<void>((arrived) => tab.setTimer(arrived, wayMs[0] ?? 0));
      const answer = json(200, { now: browser.clock.now + aheadMs });
      await new Promise<void>((arrived) => tab.setTimer(arrived, wayMs[1] ?? 0));
      return answer;
    },
  });
  browser.randomValue = () => 0.5;
  const tab = browser.openTab();
  const meter = openLatencyMeter({ baseUrl: '', sampleRate, streamId: 's', transport: () => 'sse' }, tab);
  const comment = (ageMs: number) => aComment(1, { receivedAt: browser.clock.now + aheadMs - ageMs });
  return { reports, tab, meter, comment, advance: (ms: number) => browser.clock.advance(ms) };
}

describe('latency', () => {
  test('is told from arrival to paint, by the service’s clock as far as it is known', async () => {
    const { reports, meter, comment, advance } = measure();
    await advance(1_000);
    expect(reports).toEqual([{ streamId: 's', transport: 'sse', latenciesMs: [], clockErrorMs: 0 }]);
    meter.arrived([comment(100)]);
    meter.painted();
    await advance(reportMs);
    // 100 ms old when it came, 16 ms until the frame; the way there was 10 ms longer than half, which nobody can know.
    expect(reports[1]).toEqual({
      streamId: 's',
      transport: 'sse',
      latenciesMs: [116 + 10],
      clockErrorMs: 20,
    });
  });

  test('is measured by few pages, and those that don’t measure say nothing', async () => {
    const { reports, tab, meter, comment, advance } = measure(0.05);
    meter.arrived([comment(100)]);
    meter.painted();
    await advance(10 * reportMs);
    meter.close();
    expect(reports).toEqual([]);
    expect(tab.last).toEqual([]);
  });

  test('of what was drawn while nobody looked is none', async () => {
    const { reports, tab, meter, comment, advance } = measure();
    await advance(1_000);
    meter.arrived([comment(100)]);
    meter.painted();
    tab.setVisible(false);
    meter.arrived([comment(100)]);
    await advance(1_000);
    tab.setVisible(true);
    meter.painted();
    await advance(2 * reportMs);
    expect(reports).toHaveLength(1);
  });

  test('goes in batches that are bounded, and the rest with the page', async () => {
    const { reports, tab, meter, comment, advance } = measure();
    await advance(1_000);
    for (let count = 0; count < 3; count++) {
      meter.arrived(Array.from({ length: 60 }, () => comment(50)));
      meter.painted();
      await advance(100);
    }
    await advance(reportMs);
    expect(reports[1]?.latenciesMs).toHaveLength(maxLatencies);
    meter.arrived([comment(50)]);
    meter.painted();
    await advance(100);
    tab.signal('suspend');
    expect(tab.last.map(({ address, json }) => [address, (JSON.parse(json) as Report).latenciesMs])).toEqual([
      ['/api/telemetry/display', [76]],
    ]);
  });

  test('of a service that does not answer is none, and nothing breaks', async () => {
    const browser = new TestBrowser();
    const tab = browser.openTab();
    const meter = openLatencyMeter(
      { baseUrl: '', sampleRate: 1, streamId: 's', transport: () => 'poll' },
      tab,
    );
    await browser.clock.advance(1_000);
    meter.arrived([aComment(1)]);
    meter.painted();
    await browser.clock.advance(5 * reportMs);
    meter.close();
    expect(tab.last).toEqual([]);
  });
});
