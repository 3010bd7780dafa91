import { type Answer, createApi, type Session } from '../feed';
import type {
  Comment,
  DryRun,
  LiveStream,
  ModerationActPage,
  ModerationRules,
  ModeratorList,
  QueuedComment,
  ReportedComments,
  ReviewQueue,
  Sanction,
  SanctionKind,
  SanctionList,
  StreamAnalytics,
  StreamRights,
  StreamSettings,
  StreamSlo,
} from '../feed/contracts';
import type { Decision } from './queue/decisions';

export type { ModerationRules, QueuedComment, Sanction, SanctionKind, StreamSettings };

/** What may be done on a stream by who asks. */
export type Rights = StreamRights;

export interface ActQuery {
  readonly cursor?: string;
  readonly kind?: string;
  readonly userId?: string;
}

/** Comments looked at together by one moderator: few, so that who goes away holds up few. */
const claimSize = 3;

/** As many as a person sees at a glance of what waits; a page of what waits on all streams. */
const queueSize = 50;

/** Nobody works through more at a time, and all of them are asked for again every few seconds. */
const maxPages = 10;

/** What names a comment: an admin looks at those of many streams. */
export type CommentName = Pick<Comment, 'id' | 'streamId'>;

/** What moderators ask of the service: about one stream, or about all of them for null. */
export function openDeskApi(session: Session, streamId: string | null) {
  const { send } = createApi({ getToken: () => session.token });
  const stream = `/api/streams/${encodeURIComponent(streamId ?? '')}`;
  const desk = streamId === null ? '/api/moderation' : `${stream}/moderation`;
  const deskOf = (id: string) => `/api/streams/${encodeURIComponent(id)}/moderation`;
  const comment = (id: string) => `${desk}/comments/${encodeURIComponent(id)}`;
  const sanction = (kind: SanctionKind, userId: string) =>
    `${desk}/sanctions/${kind}/${encodeURIComponent(userId)}`;

  return {
    rights: () => send<Rights>('GET', `${stream}/me`),
    stream: () => send<LiveStream>('GET', stream),
    serviceLevels: () => send<StreamSlo>('GET', `${stream}/slo`),
    endStream: () => send<LiveStream>('POST', `${stream}/end`),

    deleteComment: (id: string, reason?: string) =>
      send<null>('POST', `${comment(id)}/delete`, { body: { reason } }),
    hideComment: (id: string) => send<null>('POST', `${comment(id)}/hide`, { body: {} }),
    unhide: ({ id, streamId: of }: CommentName) =>
      send<null>('POST', `${deskOf(of)}/comments/${encodeURIComponent(id)}/unhide`, { body: {} }),
    pin: (id: string, isPinned: boolean) => send<null>(isPinned ? 'PUT' : 'DELETE', `${comment(id)}/pin`),
    highlight: (id: string, isHighlighted: boolean) =>
      send<null>(isHighlighted ? 'PUT' : 'DELETE', `${comment(id)}/highlight`),
    pinned: () => send<Comment | null>('GET', `${stream}/pinned`),

    sanctions: () => send<SanctionList>('GET', `${desk}/sanctions`),
    impose: (kind: SanctionKind, userId: string, terms: { reason?: string; durationSeconds?: number } = {}) =>
      send<Sanction>('PUT', sanction(kind, userId), { body: terms }),
    lift: (kind: SanctionKind, userId: string) => send<null>('DELETE', sanction(kind, userId)),

    /** So many pages of what waits; of one stream there is one. */
    queue: (pages: number) =>
      inPages<ReviewQueue>(pages, (cursor) =>
        send('GET', `${desk}/queue`, { query: { limit: queueSize, ...cursor } }),
      ),
    /** The oldest that nobody looks at, but those that are left to others. */
    claim: (except: readonly string[]) =>
      send<ReviewQueue>('POST', `${desk}/queue/claim`, { body: { count: claimSize, except } }),
    /** Gives a claim back. */
    release: ({ id, streamId: of }: CommentName) =>
      send<null>('POST', `${deskOf(of)}/queue/${encodeURIComponent(id)}/release`),
    /** About one that was held, or one that viewers reported. */
    decide: ({ id, streamId: of }: CommentName, decision: Decision, reason?: string) => {
      const where =
        decision === 'keep'
          ? 'reports'
          : decision === 'approve' || decision === 'reject'
            ? 'queue'
            : 'comments';
      return send<unknown>('POST', `${deskOf(of)}/${where}/${encodeURIComponent(id)}/${decision}`, {
        body: { reason },
      });
    },
    reports: (pages: number) =>
      inPages<ReportedComments>(pages, (cursor) =>
        send('GET', `${desk}/reports`, { query: { limit: queueSize, ...cursor } }),
      ),

    rules: () => send<ModerationRules>('GET', `${desk}/rules`),
    putRules: (rules: ModerationRules) => send<ModerationRules>('PUT', `${desk}/rules`, { body: rules }),
    dryRun: (request: { rules: ModerationRules; cursor?: string }) =>
      send<DryRun>('POST', `${desk}/dry-run`, { body: request }),

    analytics: (query: { from?: number; to?: number; step?: number }) =>
      send<StreamAnalytics>('GET', `${stream}/analytics`, { query }),

    settings: () => send<StreamSettings>('GET', `${stream}/settings`),
    putSettings: (settings: StreamSettings) =>
      send<StreamSettings>('PUT', `${stream}/settings`, { body: settings }),

    moderators: () => send<ModeratorList>('GET', `${desk}/moderators`),
    addModerator: (userId: string) => send<null>('PUT', `${desk}/moderators/${encodeURIComponent(userId)}`),
    removeModerator: (userId: string) =>
      send<null>('DELETE', `${desk}/moderators/${encodeURIComponent(userId)}`),

    acts: (query: ActQuery) => send<ModerationActPage>('GET', `${desk}/acts`, { query: { ...query } }),
    /** A file: the token goes in a header, so no link can fetch it. Null when it can't be had. */
    exportActs: async (format: 'csv' | 'jsonl'): Promise<Blob | null> => {
      const answer = await fetch(`${desk}/acts/export?format=${format}`, {
        headers: { authorization: `Bearer ${session.token}` },
      }).catch(() => null);
      return answer?.ok ? answer.blob() : null;
    },
  };
}

/** A list's first pages as one. */
async function inPages<List extends { readonly comments: readonly unknown[]; readonly next?: string | null }>(
  pages: number,
  read: (cursor: { cursor?: string }) => Promise<Answer<List>>,
): Promise<Answer<List>> {
  let answer = await read({});
  for (let page = 1; page < Math.min(pages, maxPages) && answer.ok && answer.value.next; page++) {
    const { comments } = answer.value;
    const more = await read({ cursor: answer.value.next });
    answer = more.ok
      ? { ...more, value: { ...more.value, comments: [...comments, ...more.value.comments] } }
      : more;
  }
  return answer;
}

export type DeskApi = ReturnType<typeof openDeskApi>;
