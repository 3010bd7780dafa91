/** A comment of somebody's own as it is kept until it is accepted or removed. */
export interface StoredPost {
  /** Its name here, which stays when it is changed. */
  readonly id: string;
  /** The idempotency key: another one when other text is sent. */
  readonly key: string;
  /** Whose, where: posts of another user or stream are not touched. */
  readonly group: string;
  /** The order of sending within the group. */
  readonly order: number;
  readonly content: string;
  readonly parentId: string | null;
  readonly mediaTimeMs: number | null;
  readonly createdAt: number;
  readonly status: 'pending' | 'rate_limited' | 'held' | 'rejected' | 'failed';
  readonly isSending: boolean;
  /** It may have been stored although no answer said so: only the very same may be sent under its key. */
  readonly mayHaveArrived: boolean;
  readonly attempts: number;
  readonly reason: { readonly code: string; readonly message: string } | null;
  readonly retryAtMs: number | null;
  /** Of one that was held: its id at the service. */
  readonly commentId?: string | null;
}

/** Where posts are kept. Every change is one atomic step, also between tabs. */
export interface PostStorage {
  /** The group's posts, in order. */
  list(group: string): Promise<readonly StoredPost[]>;
  /** Adds one, unless that many of the group are there already besides those that are held: these lie at the service. */
  add(post: StoredPost, atMost: number): Promise<boolean>;
  /** Gives what is there to `change`, and keeps its answer: null deletes, undefined leaves it. */
  update(id: string, change: (post: StoredPost) => StoredPost | null | undefined): Promise<boolean>;
}

const databaseName = 'live-comments';
const posts = 'posts';
const byGroup = 'group';

/** In IndexedDB; in memory where a browser has none to give, as some do in private windows. */
export function openPostStorage(): PostStorage {
  // Also takes what a full disk refuses.
  const memory = inMemory();
  const opened = openDatabase().then(inDatabase, () => memory);
  return {
    list: async (group) => {
      const kept = await opened;
      const inMind = await memory.list(group);
      if (kept === memory) return inMind;
      return inOrder([...(await kept.list(group).catch(() => [])), ...inMind]);
    },
    add: async (post, atMost) => {
      const kept = await opened;
      return kept.add(post, atMost).catch(() => memory.add(post, atMost));
    },
    update: async (id, change) => {
      const kept = await opened;
      return (
        (await memory.update(id, change)) || (kept !== memory && kept.update(id, change).catch(() => false))
      );
    },
  };
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const request = indexedDB.open(databaseName, 1);
    request.onupgradeneeded = () =>
      request.result.createObjectStore(posts, { keyPath: 'id' }).createIndex(byGroup, byGroup);
    request.onsuccess = () => {
      // A newer version of the page, in another tab, must not have to wait for this one.
      request.result.onversionchange = () => request.result.close();
      done(request.result);
    };
    request.onerror = () => fail(request.error);
    request.onblocked = () => fail(new Error('blocked'));
  });
}

function inDatabase(database: IDBDatabase): PostStorage {
  const within = <T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore, answer: (value: T) => void) => void,
  ): Promise<T> =>
    new Promise((done, fail) => {
      const transaction = database.transaction(posts, mode);
      let answered: { value: T } | null = null;
      // What is acknowledged is stored: only a completed transaction is.
      transaction.oncomplete = () => (answered ? done(answered.value) : fail(new Error('no answer')));
      transaction.onerror = () => fail(transaction.error);
      transaction.onabort = () => fail(transaction.error);
      work(transaction.objectStore(posts), (value) => {
        answered = { value };
      });
    });

  return {
    list: (group) =>
      within('readonly', (store, answer) => {
        const request = store.index(byGroup).getAll(group);
        request.onsuccess = () => answer(inOrder(request.result as StoredPost[]));
      }),
    add: (post, atMost) =>
      within('readwrite', (store, answer) => {
        const request = store.index(byGroup).getAll(post.group);
        request.onsuccess = () => {
          const fits = hasRoom(request.result as StoredPost[], atMost);
          if (fits) store.add(post);
          answer(fits);
        };
      }),
    update: (id, change) =>
      within('readwrite', (store, answer) => {
        const request = store.get(id);
        request.onsuccess = () => {
          const post = request.result as StoredPost | undefined;
          const changed = post && change(post);
          if (changed === null) store.delete(id);
          else if (changed) store.put(changed);
          answer(changed !== undefined);
        };
      }),
  };
}

/** For one tab, and for as long as it lives. */
export function inMemory(): PostStorage {
  const kept = new Map<string, StoredPost>();
  const list = (group: string) => inOrder([...kept.values()].filter((post) => post.group === group));
  return {
    list: async (group) => list(group),
    add: async (post, atMost) => {
      const fits = hasRoom(list(post.group), atMost);
      if (fits) kept.set(post.id, post);
      return fits;
    },
    update: async (id, change) => {
      const post = kept.get(id);
      const changed = post && change(post);
      if (changed === undefined) return false;
      if (changed) kept.set(id, changed);
      else kept.delete(id);
      return true;
    },
  };
}

function hasRoom(posts: readonly StoredPost[], atMost: number): boolean {
  return posts.filter(({ status }) => status !== 'held').length < atMost;
}

function inOrder(found: StoredPost[]): readonly StoredPost[] {
  return found.sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
}
