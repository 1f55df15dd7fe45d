import { readClock, unblocked } from './lua.ts';
import {
  bucketRule,
  counterRule,
  divide,
  fixedRule,
  gcraRule,
  logRule,
  SPARE_MS,
} from './rules.ts';
import type { RedisScript } from './script-runner.ts';

/**
 * The rest of a script behind its rule: reads the key, applies the rule, writes what it says in the
 * same command as the expiry.
 *
 * Arguments: what must be free, what is charged, the numbers of the policy. Answers `{now, 1 or 0,
 * x, y, z}`, or `{now, 2, end}` while the key is blocked.
 */
const takeBy = (rule: string): string => `${readClock}
local value = redis.call('GET', KEYS[1])
if value and string.byte(value) == 98 then
  local state, ends = unblocked(value, now, KEYS[1])
  if ends then return {now, 2, ends} end
  value = state
end
local isAdmitted, x, y, z, text, ttl = ${rule}(value, now, ARGV[1] + 0, ARGV[2] + 0,
  tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]))
if text then redis.call('SET', KEYS[1], text, 'PX', math.ceil(ttl / 1000) + 1) end
return {now, isAdmitted and 1 or 0, x, y, z}`;

/**
 * The same for what nearly all GCRA decisions are: no headroom, and durations of whole
 * microseconds, so that the state is one number. Whatever else is stored goes the long way.
 *
 * Arguments: how long the cost takes, the tolerance, the limit. Answers `{now, arrival time}`, the
 * latter negative for a denial; `now` alone if the key had rested and is admitted, for then the
 * arrival time is that and the cost; or as `takeBy` does. Every call, argument and number of an
 * answer that is saved here is a tenth of the decision.
 *
 * So is an expiry: as long as the arrival time stays within one slot of ten seconds, the key keeps
 * the one it has, which `gcraRule` and this script set ten seconds after the arrival time or later.
 */
const wholeGcra = `local call, key, cost, tolerance = redis.call, KEYS[1], ARGV[1], ARGV[2] + 0
local value = call('GET', key)
${readClock}
local old = tonumber(value or 0)
if not old then
  ${unblocked}
  ${gcraRule}
  if string.byte(value) == 98 then
    local state, ends = unblocked(value, now, key)
    if ends then return {now, 2, ends} end
    value = state
  end
  local isAdmitted, x, y, _, text, ttl =
    gcra(value, now, cost + 0, cost + 0, 0, 0, ARGV[3] + 0, tolerance, 0)
  if text then call('SET', key, text, 'PX', math.ceil(ttl / 1000) + 1) end
  return {now, isAdmitted and 1 or 0, x, y, 0}
end
local due = (old > now and old or now) + cost
local ahead = due - now
if ahead > tolerance then
  if old - now > 2 * tolerance then
    old = now + tolerance
    call('SET', key, old, 'PX', math.ceil(tolerance / 1000) + ${SPARE_MS} + 1)
  end
  return {now, old > now and -old or -now}
end
if old < due - due % ${SPARE_MS * 1_000} then
  call('SET', key, due, 'PX', math.ceil(ahead / 1000) + ${SPARE_MS} + 1)
else
  call('INCRBY', key, string.format('%d', due - old))
end
return old > now and {now, due} or now`;

/** One key under one policy, by the name of the rule. */
export const takeScripts: Readonly<
  Record<'wholeGcra' | 'gcra' | 'bucket' | 'fixed' | 'log' | 'counter', RedisScript>
> = {
  wholeGcra: { sha1: '818fa0687813ee87b07be92e5f67ff72b531c8ad', source: wholeGcra },
  gcra: {
    sha1: '6ac297212384dd4df7146129c04fd346ddd0a4c6',
    source: [unblocked, gcraRule, takeBy('gcra')].join('\n'),
  },
  bucket: {
    sha1: '4bd4af54e59c4ec45c2a1df97a4a2646f4cc0ea2',
    source: [unblocked, divide, bucketRule, takeBy('bucket')].join('\n'),
  },
  fixed: {
    sha1: 'bd7985e2975b2104efa3d8cadc2d200721b19714',
    source: [unblocked, fixedRule, takeBy('fixed')].join('\n'),
  },
  log: {
    sha1: 'cd593efbd07b29a40a2f10af22e302862359247e',
    source: [unblocked, logRule, takeBy('log')].join('\n'),
  },
  counter: {
    sha1: 'bc0efb33c8262788dfeb0dadc43e3165fa1fffd3',
    source: [unblocked, divide, counterRule, takeBy('counter')].join('\n'),
  },
};

/** The rules, and the numbers by which scripts over several keys know them. */
export const allRules: string = [
  divide,
  gcraRule,
  bucketRule,
  fixedRule,
  logRule,
  counterRule,
  'local rules = {gcra, bucket, fixed, log, counter}',
].join('\n');

/** Numbers that a check hands to {@link takeAllScript}. */
const NUMBERS_PER_CHECK = 9;

/**
 * Several keys, each under its own policy: all are charged, or none.
 *
 * Arguments for each: 1 for a check that only watches, else 0; the number of its rule; then as for
 * one key. Answers the time, and for each key what one key answers, filled up to four numbers.
 */
export const takeAllScript: RedisScript = {
  sha1: '2eddc23411cc7a26391f3f946706ada3bf011ce6',
  source: `${unblocked}
${allRules}
${readClock}
local values = redis.call('MGET', unpack(KEYS))
local answer, texts, ttls, isHeld = {now}, {}, {}, false
local function apply(index, isLook)
  local at, n = (index - 1) * ${NUMBERS_PER_CHECK}, {}
  for place = 1, ${NUMBERS_PER_CHECK} do n[place] = tonumber(ARGV[at + place]) end
  if isLook then
    n[3], n[4] = 0, 0
    if n[2] == 1 then n[5], n[6] = 0, 0 end
  end
  return rules[n[2]](values[index], now, n[3], n[4], n[5], n[6], n[7], n[8], n[9])
end
local function tell(index, ...)
  for place = 1, 4 do answer[4 * index - 3 + place] = select(place, ...) or 0 end
end
for index, value in ipairs(values) do
  local at, ends = (index - 1) * ${NUMBERS_PER_CHECK}, nil
  if value and string.byte(value) == 98 then
    values[index], ends = unblocked(value, now, KEYS[index])
  end
  if ends then
    tell(index, 2, ends)
    isHeld = isHeld or ARGV[at + 1] == '0'
  else
    local isAdmitted, x, y, z, text, ttl = apply(index, false)
    tell(index, isAdmitted and 1 or 0, x, y, z)
    texts[index], ttls[index] = text or false, ttl
    isHeld = isHeld or not isAdmitted and ARGV[at + 1] == '0'
  end
end
for index = 1, #KEYS do
  local isAdmitted = answer[4 * index - 2] == 1
  if isAdmitted and isHeld then
    local _, x, y, z = apply(index, true)
    tell(index, 1, x, y, z)
  elseif texts[index] then
    redis.call('SET', KEYS[index], texts[index], 'PX', math.ceil(ttls[index] / 1000) + 1)
  end
end
return answer`,
};
