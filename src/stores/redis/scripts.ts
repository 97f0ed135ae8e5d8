/** How many bytes the text of a state may have. The store does not fetch a longer one. */
export const LONGEST: number = 1 << 20;

/**
 * The length of the token with which a version starts. The hash of the text that it belongs to follows.
 *
 * The token is a UUID of version 7. Its first part, the stamp, is the time of the writing, and later than every stamp that
 * was stored before. Earlier versions of this
 * package wrote random UUIDs, of version 4: their age is unknown.
 */
export const TOKEN_LENGTH = 36;

/** Where the random part of a token begins. A client chooses it, so that it recognises its own writing. */
export const STAMP_LENGTH = 15;

// Each script gets the keys of the text and of its version as KEYS, and the channel as ARGV[1]. Every answer is text,
// because clients differ in how they return numbers and nil.

// Keeps a script from replacing or fetching a value that is not a state.
const CHECK_KIND = `
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'none' and kind ~= 'string' then return {'kind', kind} end`;

// If the user lacks the permission to publish, the others find the change by polling.
const PUBLISH = `redis.pcall('PUBLISH', ARGV[1], 'changed')`;

const CLOCK = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

// A stamp as a number of milliseconds, and 0 for a token of unknown age.
const STAMPS = `
local function stampOf(token)
  if not token or string.sub(token, ${STAMP_LENGTH}, ${STAMP_LENGTH}) ~= '7' then return 0 end
  return (tonumber(string.sub(token, 1, 8), 16) or 0) * 65536 + (tonumber(string.sub(token, 10, 13), 16) or 0)
end
local function createToken(now, stored, known, random)
  local stamp = math.max(now, stampOf(stored) + 1, stampOf(known) + 1)
  return string.format('%08x-%04x-7', math.floor(stamp / 65536), stamp % 65536) .. random
end`;

/**
 * Reads the text with its version. ARGV[2] is the random part of a new token, ARGV[3] the version that this process knows.
 *
 * If the version belongs to another text or to none, somebody changed the text by hand. The first process that reads it
 * gives it a version and notifies the others. That version also tells a key that is deleted later from lost data.
 * A read-only replica takes no version: the script then returns only the text.
 *
 * If the version is older than the known one, Redis has gone back in time. Where the text is gone as well, it may have expired
 * there, so only a text that somebody has set by hand since then counts as newer.
 *
 * @param how What the answer says of its origin, as Lua.
 */
const readAs = (how: string): string =>
  `${CHECK_KIND}
local size = redis.call('STRLEN', KEYS[1])
if size > ${LONGEST} then return {'size', tostring(size)} end
local text = redis.call('GET', KEYS[1])
local version = redis.call('GET', KEYS[2])
if not text and not version then return {'nothing', ''} end
local holder = text and redis.sha1hex(text) or '-'
local fits = version and string.sub(version, ${TOKEN_LENGTH + 2}) == holder
local stored = stampOf(version)
if stored > 0 and stored < stampOf(ARGV[3]) and (fits or not text) then return {'older', version} end
if not fits then
  ${CLOCK}
  version = createToken(now, version, ARGV[3], ARGV[2]) .. ' ' .. holder
  if redis.pcall('SET', KEYS[2], version).err then
    version = ''
  else
    ${PUBLISH}
  end
end
if text then return {'text', version, text, ${how}} end
return {'off', version, '', ${how}}`;

/** Reads the text as {@linkcode readAs} says. */
export const READ: string = `${STAMPS}${readAs("'read'")}`;

/**
 * Puts back what Redis lost, unless another process has done so, and reads. ARGV[2] is the random part of a new token, ARGV[3]
 * the known version, ARGV[4] the version that Redis has gone back to or '', ARGV[5] the known text if there was one.
 */
export const RESTORE: string = `${STAMPS}${CHECK_KIND}
local found = redis.call('GET', KEYS[2]) or ''
local current = redis.call('GET', KEYS[1])
local how = 'read'
-- A text that does not belong to the version was set by hand since then.
if found == ARGV[4] and (not current or string.sub(found, ${TOKEN_LENGTH + 2}) == redis.sha1hex(current)) then
  if ARGV[5] then
    redis.call('MSET', KEYS[1], ARGV[5], KEYS[2], ARGV[3])
  else
    redis.call('SET', KEYS[2], ARGV[3])
    -- This deletes it. DEL would take another permission.
    if current then redis.call('PEXPIRE', KEYS[1], '0') end
  end
  how = 'restored'
  ${PUBLISH}
end${readAs("how")}`;

/**
 * Writes. ARGV[2] is the random part of the new token, ARGV[3] the text, ARGV[4] the latest time by the clock of Redis, ARGV[5]
 * the version that this process knows. ARGV[6] says what the key must hold: 'any', 'nothing' or 'text', which is ARGV[7].
 */
export const WRITE: string = `${STAMPS}${CHECK_KIND}
local version = redis.call('GET', KEYS[2])
-- A client repeats a command if it lost the connection before the answer came. The first one has written the text.
if version and string.sub(version, ${STAMP_LENGTH + 1}, ${TOKEN_LENGTH}) == ARGV[2] then
  return {'text', version, ARGV[3]}
end
${CLOCK}
if now > tonumber(ARGV[4]) then return {'late'} end
if ARGV[6] ~= 'any' and redis.call('GET', KEYS[1]) ~= (ARGV[6] == 'text' and ARGV[7]) then return {'other'} end
version = createToken(now, version, ARGV[5], ARGV[2]) .. ' ' .. redis.sha1hex(ARGV[3])
redis.call('MSET', KEYS[1], ARGV[3], KEYS[2], version)
${PUBLISH}
return {'text', version, ARGV[3]}`;

/** The time in milliseconds since 1970. A script asks for it, so that a cluster asks the node that the store writes to. */
export const NOW: string = `${CLOCK}
return {string.format('%.0f', now)}`;

// The scripts of the registry get the key of the records and the key of the times when they expire.

/**
 * Keeps the record ARGV[2] of the process ARGV[1] for ARGV[3] ms. It also removes expired records, so that they do not pile
 * up where nobody lists the fleet. Both keys expire with the last record.
 */
export const PUT: string = `${CLOCK}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now), 'LIMIT', '0', '100')) do
  redis.call('HDEL', KEYS[1], id)
  redis.call('ZREM', KEYS[2], id)
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], string.format('%.0f', now + ARGV[3]), ARGV[1])
local rest = string.format('%.0f', math.max(redis.call('PTTL', KEYS[2]), tonumber(ARGV[3])))
redis.call('PEXPIRE', KEYS[1], rest)
redis.call('PEXPIRE', KEYS[2], rest)
return {}`;

/** Removes the record of the process ARGV[1]. */
export const REMOVE: string = `
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return {}`;

/** Lists the records that have not expired. It only reads, so it works on a replica. */
export const LIST: string = `${CLOCK}
local records = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], string.format('(%.0f', now), '+inf')) do
  local record = redis.call('HGET', KEYS[1], id)
  if record then records[#records + 1] = record end
end
return records`;

// The scripts of the history get the key of its stream.

/** Appends the entry ARGV[1]. The stream keeps the last 1000 entries, and the rest of the block that the oldest is in. */
export const APPEND: string = `
redis.call('XADD', KEYS[1], 'MAXLEN', '~', '1000', '*', 'entry', ARGV[1])
return {}`;

/** Lists the last ARGV[1] entries, the latest last. */
export const TAIL: string = `
local found = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', ARGV[1])
local entries = {}
for i = #found, 1, -1 do entries[#entries + 1] = found[i][2][2] end
return entries`;
