/** Tactics that Sentinel accepts, in its spelling. */
export const tactics = [
  'Reconnaissance',
  'ResourceDevelopment',
  'InitialAccess',
  'Execution',
  'Persistence',
  'PrivilegeEscalation',
  'DefenseEvasion',
  'CredentialAccess',
  'Discovery',
  'LateralMovement',
  'Collection',
  'Exfiltration',
  'CommandAndControl',
  'Impact',
  'ImpairProcessControl',
  'InhibitResponseFunction',
] as const;

export type Tactic = (typeof tactics)[number];

export const isTactic = (name: string): name is Tactic => (tactics as readonly string[]).includes(name);

// Both the community's checks and the service hold a table like this (ATT&CK 13.1) and refuse a technique without all of its tactics, or one
// that they do not know (T1620, T1659). Only what is known to pass stands here: a rule with another technique must add it, and try it.
const tacticsOfTechnique: Readonly<Record<string, readonly Tactic[]>> = {
  T1003: ['CredentialAccess'],
  T1014: ['DefenseEvasion'],
  T1021: ['LateralMovement'],
  T1027: ['DefenseEvasion'],
  T1036: ['DefenseEvasion'],
  T1040: ['CredentialAccess', 'Discovery'],
  T1041: ['Exfiltration'],
  T1046: ['Discovery'],
  T1048: ['Exfiltration'],
  T1053: ['Persistence', 'PrivilegeEscalation', 'Execution'],
  T1055: ['PrivilegeEscalation', 'DefenseEvasion'],
  T1059: ['Execution'],
  T1070: ['DefenseEvasion'],
  T1071: ['CommandAndControl'],
  T1095: ['CommandAndControl'],
  T1098: ['Persistence'],
  T1105: ['CommandAndControl'],
  T1136: ['Persistence'],
  T1140: ['DefenseEvasion'],
  T1190: ['InitialAccess'],
  T1195: ['InitialAccess'],
  T1210: ['LateralMovement'],
  T1219: ['CommandAndControl'],
  T1485: ['Impact'],
  T1486: ['Impact'],
  T1496: ['Impact'],
  T1499: ['Impact'],
  T1528: ['CredentialAccess'],
  T1546: ['Persistence', 'PrivilegeEscalation'],
  T1547: ['Persistence', 'PrivilegeEscalation'],
  T1548: ['PrivilegeEscalation', 'DefenseEvasion'],
  T1552: ['CredentialAccess'],
  T1554: ['Persistence'],
  T1562: ['DefenseEvasion'],
  T1568: ['CommandAndControl'],
  T1571: ['CommandAndControl'],
  T1572: ['CommandAndControl'],
  T1574: ['Persistence', 'PrivilegeEscalation', 'DefenseEvasion'],
  T1595: ['Reconnaissance'],
  T1600: ['DefenseEvasion'],
  T1611: ['PrivilegeEscalation'],
};

/** `T1003` of `T1003.008`: the service takes nothing finer. */
export const baseTechnique = (technique: string): string => technique.slice(0, 5);

/** Tactics that must all be listed beside a technique; undefined for one that the service would refuse, as far as we know. */
export function requiredTactics(technique: string): readonly Tactic[] | undefined {
  return tacticsOfTechnique[baseTechnique(technique)];
}
