/** How many bytes the text of a state may have. The store does not fetch a longer one. */
export const LONGEST: number = 1 << 20;

/** The length of the UUID with which a version starts. The hash of the text that it belongs to follows. */
export const TOKEN_LENGTH = 36;

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

/**
 * Reads the text with its version. ARGV[2] is a new token.
 *
 * If the version belongs to another text or to none, somebody changed the text by hand. The first process that reads it
 * gives it a version and notifies the others. That version also tells a key that is deleted later from lost data.
 * A read-only replica takes no version: the script then returns only the text.
 */
export const READ: string = `${CHECK_KIND}
local size = redis.call('STRLEN', KEYS[1])
if size > ${LONGEST} then return {'size', tostring(size)} end
local text = redis.call('GET', KEYS[1])
local version = redis.call('GET', KEYS[2])
if not text and not version then return {'nothing'} end
local holder = text and redis.sha1hex(text) or '-'
if not version or string.sub(version, ${TOKEN_LENGTH + 2}) ~= holder then
  version = ARGV[2] .. ' ' .. holder
  if redis.pcall('SET', KEYS[2], version).err then
    version = ''
  else
    ${PUBLISH}
  end
end
if text then return {'text', version, text} end
return {'off', version}`;

/**
 * Puts back what Redis lost, unless another process has done so, and reads. ARGV[2] is a new token, ARGV[3] the version,
 * ARGV[4] the text if there was one.
 */
export const RESTORE: string = `
if redis.call('EXISTS', KEYS[1], KEYS[2]) == 0 then
  if ARGV[4] then
    redis.call('MSET', KEYS[1], ARGV[4], KEYS[2], ARGV[3])
  else
    redis.call('SET', KEYS[2], ARGV[3])
  end
  ${PUBLISH}
end${READ}`;

/**
 * Writes. ARGV[2] is the token of the new version, ARGV[3] the text, ARGV[4] the latest time by the clock of Redis.
 * ARGV[5] says what the key must hold: 'any', 'nothing' or 'text', which is ARGV[6].
 */
export const WRITE: string = `${CHECK_KIND}
local version = redis.call('GET', KEYS[2])
-- A client repeats a command if it lost the connection before the answer came. The first one has written the text.
if version and string.sub(version, 1, ${TOKEN_LENGTH}) == ARGV[2] then return {'text', version, ARGV[3]} end
${CLOCK}
if now > tonumber(ARGV[4]) then return {'late'} end
if ARGV[5] ~= 'any' and redis.call('GET', KEYS[1]) ~= (ARGV[5] == 'text' and ARGV[6]) then return {'other'} end
version = ARGV[2] .. ' ' .. redis.sha1hex(ARGV[3])
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
