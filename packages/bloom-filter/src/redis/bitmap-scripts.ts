/*
 * The scripts, one call for each batch.
 *
 * All begin with a look at the header, so that no bit is read or set that means something else.
 * Each returns a text: a letter, and behind `k` what was asked for.
 *
 *   k   it is as expected
 *   n   there is no filter
 *   o   one of other parameters; their text follows
 *   d   the header without its bits, or bits without a header, or of another length
 *   g   it is not the one that a load or a snapshot began with
 *
 * GETBIT or BITFIELD? Measured in microseconds of the server for a key of seven bits, in batches of
 * 500 (Redis 7.0, one run, medians of 40; ratios count):
 *
 *                          SETBIT / GETBIT each     one BITFIELD a key
 *   add, a new key                 5.4                     3.8
 *   add, one that is there         4.1                     2.4
 *   has, a stranger                1.7                     3.5
 *   has, a member                  2.8                     2.9
 *
 * A call costs more than what it does, so an add makes one of all seven; it also goes to replicas
 * and to the log as one command, and not at all when no bit changes. But a `has` may stop at the
 * first 0, which most strangers have among their first two bits.
 *
 * Numbers are passed to `call`, never joined into a text: `..` keeps fourteen digits.
 */
import type { RedisScript } from './script-runner.ts';

/** KEYS: header, bits. ARGV: 1 the header up to `made=`, 2 the bytes of the bitmap. */
const look = `local call, head, bits = redis.call, KEYS[1], KEYS[2]
local function look()
  local found, size = call('GET', head), call('STRLEN', bits)
  if not found then return size == 0 and 'n' or 'd' end
  local length = #ARGV[1]
  if #found ~= length + 16 or string.sub(found, 1, length) ~= ARGV[1] then
    return 'o' .. string.sub(found, 1, 200)
  end
  if size ~= ARGV[2] + 0 then return 'd' end
  return nil, string.sub(found, length + 1)
end
local problem, made = look()
`;

/**
 * ARGV: 3 what stands behind `made=` in a new header, or nothing if none is to be made; 4 for how
 * many ms a filter lives, or 0; 5 whether an addition renews that, 0 or 1.
 *
 * Both values get one moment to end, so that neither is ever there alone. Bits come before the
 * header: should the server refuse so long a string, there is nothing.
 */
const make = `${look}local isNew = false
if problem == 'n' and ARGV[3] ~= '' then
  call('SETBIT', bits, ARGV[2] * 8 - 1, 0)
  call('SET', head, ARGV[1] .. ARGV[3])
  problem, made, isNew = nil, ARGV[3], true
end
if problem then return problem end
if ARGV[4] ~= '0' and (isNew or ARGV[5] == '1') then
  local time = call('TIME')
  local ends = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[4]
  call('PEXPIREAT', head, ends)
  call('PEXPIREAT', bits, ends)
end
`;

/** As {@link make}; 6 k; then k positions for each key → for each 1 if it was new, else 0. */
export const addScript: RedisScript = {
  sha1: '673d1b5f0eda31672bc9b60034a91465d7787b51',
  source: `${make}local k = ARGV[6] + 0
local fields = {'BITFIELD', bits}
for i = 1, k do
  local at = 4 * i - 1
  fields[at], fields[at + 1], fields[at + 2], fields[at + 3] = 'SET', 'u1', 0, '1'
end
local answers = {}
for at = 7, #ARGV, k do
  for i = 1, k do fields[4 * i + 1] = ARGV[at + i - 1] end
  local answer = '0'
  for _, before in ipairs(call(unpack(fields))) do
    if before == 0 then answer = '1' end
  end
  answers[#answers + 1] = answer
end
return 'k' .. table.concat(answers)`,
};

/** 3 k; then k positions for each key → for each 1 if it is there, else 0. */
export const hasScript: RedisScript = {
  sha1: 'c18720336db68a82c935a939982d625934a00e7e',
  source: `${look}if problem then return problem end
local k = ARGV[3] + 0
local answers = {}
for at = 4, #ARGV, k do
  local answer = '1'
  for i = at, at + k - 1 do
    if call('GETBIT', bits, ARGV[i]) == 0 then
      answer = '0'
      break
    end
  end
  answers[#answers + 1] = answer
end
return 'k' .. table.concat(answers)`,
};

/** As {@link make} → what stands behind `made=`. */
export const openScript: RedisScript = {
  sha1: '9a8854d26b14dfd7b26a493260ed7103cfc123e9',
  source: `${make}return 'k' .. made`,
};

/** 3, 4 the first and the last byte → how many bits are 1 there, and the ms to live or -1. */
export const countScript: RedisScript = {
  sha1: 'd1e15f96a50ce196f6bf969543dc4557bcf2fe1d',
  source: `${look}if problem then return problem end
return 'k' .. call('BITCOUNT', bits, ARGV[3], ARGV[4]) .. ' ' .. call('PTTL', head)`,
};

/** 3, 4 the first and the last byte → the sixteen digits behind `made=`, and the bytes. */
export const readScript: RedisScript = {
  sha1: '1d34ba60e31315b57ede950eceecd59eda2d0329',
  source: `${look}if problem then return problem end
return 'k' .. made .. call('GETRANGE', bits, ARGV[3], ARGV[4])`,
};

/**
 * KEYS: 3, 4 scratch. ARGV: 3 what has to stand behind `made=`; 4 the first byte; 5 bytes whose
 * bits are to be set.
 *
 * BITOP unites whole strings, in C. Where nothing was set yet, which is all of a new filter, there
 * is nothing to unite.
 */
export const mergeScript: RedisScript = {
  sha1: '8a69fb9d1ecf08a054390f988dbbfb855dbc33c9',
  source: `${look}if problem == 'n' or (not problem and made ~= ARGV[3]) then return 'g' end
if problem then return problem end
local chunk = ARGV[5]
local old = call('GETRANGE', bits, ARGV[4], ARGV[4] + #chunk - 1)
if string.find(old, '[^%z]') then
  call('SET', KEYS[3], old)
  call('SET', KEYS[4], chunk)
  call('BITOP', 'OR', KEYS[3], KEYS[3], KEYS[4])
  chunk = call('GET', KEYS[3])
  call('DEL', KEYS[3], KEYS[4])
end
call('SETRANGE', bits, ARGV[4], chunk)
return 'k'`,
};

/** Takes both values away, whatever they are; the memory is given back beside other work. */
export const clearScript: RedisScript = {
  sha1: 'e6543f6a22ae880dfdbdfb8d68c220ac7e39543f',
  source: `redis.call('UNLINK', KEYS[1], KEYS[2])
return 'k'`,
};
