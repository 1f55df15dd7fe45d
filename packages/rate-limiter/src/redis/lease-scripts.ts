/**
 * Concurrency leases in Redis: at most `limit` holders of a key at once, over any number of
 * processes.
 *
 * A counter that goes up at the start and down at the end loses a place for ever with each process
 * that dies between the two. So a place is a lease: a member of a sorted set, scored by the time at
 * which it ends. Whoever works longer renews it; whoever dies gives it back by silence.
 *
 * What then can go wrong is a holder that stood still: it wakes after its lease has ended, while
 * somebody else works in its place. A renewal after the end fails, a release after the end removes
 * nothing but its own member, and each lease carries a **token** that is larger than every earlier
 * one of the key, for the resource itself to refuse whoever comes with a smaller one than it has
 * seen. Tokens are the server's microseconds, or one more than the last: they rise even when a
 * failover lost the last leases, and when the clock steps back, as long as the key is remembered.
 *
 *     score   -1764000000000007   1764000010000000   1764000012000000
 *     member  last                1764000000000005   1764000000000007
 */
import { readClock } from './lua.ts';
import type { RedisScript } from './script-runner.ts';

/** The last token outlives the leases by a day: a clock that steps back less repeats no token. */
const TOKEN_MEMORY_MS = 86_400_000;

/** `limit`, lease in µs → `{1, token, held}`, or `{0, µs until the next lease ends, held}`. */
export const acquireLease: RedisScript = {
  sha1: 'b6f108e9eee3ff0a5e05090f93261327f01b9163',
  source: `${readClock}
local key, limit, lease = KEYS[1], ARGV[1] + 0, ARGV[2] + 0
redis.call('ZREMRANGEBYSCORE', key, 0, now)
local last = redis.call('ZSCORE', key, 'last')
local held = redis.call('ZCARD', key) - (last and 1 or 0)
if held >= limit then
  -- Ends beyond one lease come from a clock that was ahead: they would hold a dead place for long.
  for _, token in ipairs(redis.call('ZRANGEBYSCORE', key, now + lease + 1, '+inf')) do
    redis.call('ZADD', key, 'XX', now + lease, token)
  end
  local ends = redis.call('ZRANGEBYSCORE', key, '(0', '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
  return {0, ends - now, held}
end
local token = math.max(now, 1 - (last or 0))
redis.call('ZADD', key, -token, 'last', now + lease, token)
redis.call('PEXPIRE', key, math.ceil(lease / 1000) + ${TOKEN_MEMORY_MS})
return {1, token, held + 1}`,
};

/** Token, lease in µs → 1, or 0 if the lease has ended. */
export const renewLease: RedisScript = {
  sha1: '09f8614fbfa510a96f757fad291eccce773975cc',
  source: `${readClock}
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not ends or ends + 0 <= now then return 0 end
local lease = ARGV[2] + 0
redis.call('ZADD', KEYS[1], 'XX', now + lease, ARGV[1])
redis.call('PEXPIRE', KEYS[1], math.ceil(lease / 1000) + ${TOKEN_MEMORY_MS})
return 1`,
};

/** Token → 1, or 0 if the lease had ended. */
export const releaseLease: RedisScript = {
  sha1: '5c1721c4a33ad3306de3107178bbac62c6312d65',
  source: `${readClock}
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not ends then return 0 end
redis.call('ZREM', KEYS[1], ARGV[1])
return ends + 0 > now and 1 or 0`,
};

/** → how many leases run. */
export const countLeases: RedisScript = {
  sha1: 'cbcda32355776518318754639b29af61792a0fdd',
  source: `${readClock}
return redis.call('ZCOUNT', KEYS[1], now + 1, '+inf')`,
};
