// The classic design, written plainly: a post checks its limits in Redis, is inserted into Postgres, counted on its
// stream's row, put on the recent list and published, and then it is answered. COUNTER=off is the kinder variant
// without the count. No framework; one process. What ours does beyond it and this leaves out: idempotency.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import pg from 'pg';

const { PORT, SIGNING_KEY, POSTGRES, REDIS, STREAMS, COUNTER } = process.env;
const COUNTED = COUNTER !== 'off';
const MAX_BODY_BYTES = 8 * 1024;
const MAX_CONTENT = 500;
const RECENT = 50;
// The same limits as the benchmark gives to ours.
const LIMITS = [['global', 1000, 60], ['stream', 1000, 30]];

// More connections make it slower here: posts of one stream wait for its row anyway.
const database = new pg.Pool({ connectionString: POSTGRES, max: 20 });
const redis = new Redis(REDIS, { enableAutoPipelining: true });

await database.query(`
  create table if not exists streams (id text primary key, comment_count bigint not null default 0);
  create table if not exists comments (
    id bigserial primary key, stream_id text not null references streams (id), user_id text not null, username text not null,
    content text not null, created_at timestamptz not null default now());
  create index if not exists comments_by_stream on comments (stream_id, id desc);`);
for (const id of STREAMS.split(',')) await database.query('insert into streams (id) values ($1) on conflict do nothing', [id]);

function userOf(request) {
  const [head, claims, signature] = (request.headers.authorization ?? '').replace(/^Bearer /, '').split('.');
  if (!signature) return null;
  const expected = createHmac('sha256', SIGNING_KEY).update(`${head}.${claims}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const user = JSON.parse(Buffer.from(claims, 'base64url').toString());
  return user.exp * 1000 > Date.now() ? user : null;
}

async function bodyOf(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > MAX_BODY_BYTES) return null;
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString());
  } catch {
    return null;
  }
}

async function withinLimits(userId, streamId) {
  for (const [name, limit, seconds] of LIMITS) {
    const key = name === 'global' ? `limit:${userId}` : `limit:${userId}:${streamId}`;
    const count = await redis.incr(key);
    if (count === 1) await redis.expire(key, seconds);
    if (count > limit) return false;
  }
  return true;
}

async function insert(streamId, user, content) {
  const values = [streamId, user.sub, user.preferred_username, content];
  const statement = { name: 'insert', text: 'insert into comments (stream_id, user_id, username, content) values ($1, $2, $3, $4) returning id, created_at', values };
  if (!COUNTED) return (await database.query(statement)).rows[0];
  const connection = await database.connect();
  try {
    await connection.query('begin');
    const row = (await connection.query(statement)).rows[0];
    await connection.query({ name: 'count', text: 'update streams set comment_count = comment_count + 1 where id = $1', values: [streamId] });
    await connection.query('commit');
    return row;
  } catch (error) {
    await connection.query('rollback').catch(() => {});
    throw error;
  } finally {
    connection.release();
  }
}

async function post(request, streamId) {
  const user = userOf(request);
  if (!user) return [401, { code: 'UNAUTHORIZED' }];
  const content = (await bodyOf(request))?.content?.trim?.();
  if (!content || content.length > MAX_CONTENT) return [400, { code: 'CONTENT_INVALID' }];
  if (!await withinLimits(user.sub, streamId)) return [429, { code: 'RATE_LIMITED' }];
  const row = await insert(streamId, user, content);
  const comment = { id: row.id, streamId, userId: user.sub, username: user.preferred_username, content, createdAt: row.created_at };
  const json = JSON.stringify(comment);
  await Promise.all([
    redis.lpush(`recent:${streamId}`, json),
    redis.ltrim(`recent:${streamId}`, 0, RECENT - 1),
    redis.publish(`stream:${streamId}`, json),
  ]);
  return [201, comment];
}

function answer(response, status, body) {
  const json = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': json.length }).end(json);
}

const server = createServer(async (request, response) => {
  if (request.url === '/health') return answer(response, 200, 'healthy');
  const streamId = /^\/api\/streams\/([A-Za-z0-9_-]{1,64})\/comments$/.exec(request.url)?.[1];
  if (request.method !== 'POST' || !streamId) return answer(response, 404, { code: 'NOT_FOUND' });
  try {
    answer(response, ...await post(request, streamId));
  } catch (error) {
    console.error(error.message);
    answer(response, 500, { code: 'INTERNAL' });
  }
});
server.listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
