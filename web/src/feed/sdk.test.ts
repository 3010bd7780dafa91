import { describe, expect, test, vi } from 'vitest';
import { TestBrowser } from './testing/browser';
import { TestServer } from './testing/server';

const files: Record<string, string> = import.meta.glob(['./**/*.ts', './README.md', './package.json'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
const read = (name: string) => files[`./${name}`] ?? '';

/** What the example touches of a document. */
class TestElement {
  text = '';
  children: TestElement[] = [];
  attributes: Record<string, string> = {};
  readonly ownerDocument = { createElement: () => new TestElement() };
  append(text: string) {
    this.text += text;
  }
  replaceChildren(...children: TestElement[]) {
    this.children = children;
  }
  setAttribute(name: string, value: string) {
    this.attributes[name] = value;
  }
}

describe('the package', () => {
  test('imports nothing but a store without its framework', () => {
    const sources = Object.entries(files).filter(
      ([name]) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('./testing/'),
    );
    expect(sources.length).toBeGreaterThan(20);
    const imports = sources.flatMap(([, text]) =>
      [...text.matchAll(/(?:from|import) '([^'.][^']*)'/g)].map(([, name]) => name),
    );
    expect([...new Set(imports)].sort()).toEqual(['@live-comments/feed', 'zustand/vanilla']);
    expect(Object.keys(JSON.parse(read('package.json')).dependencies)).toEqual(['zustand']);
  });

  test('has the example in its description as it is', () => {
    const example = read('example.ts').trim();
    expect(read('README.md')).toContain(example);
    expect(example.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(21);
  });

  test('does what the example says', async () => {
    const server = new TestServer();
    const browser = new TestBrowser(server);
    server.browser = browser;
    const tab = browser.openTab();
    vi.doMock('./environment', () => ({ browserEnvironment: () => tab }));
    const { showComments } = await import('./example');
    const list = new TestElement();
    server.add('first');
    const stop = showComments(list as unknown as Element, 'demo');
    await browser.clock.advance(1_000);
    server.add('second');
    await browser.clock.advance(1_000);
    expect(list.children.map(({ text }) => text)).toEqual(['ada: first', 'ada: second']);
    expect(list.attributes['data-connection']).toBe('open');
    stop();
    await browser.clock.advance(1_000);
    expect(browser.open).toEqual([]);
  });
});
