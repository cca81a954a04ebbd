import type { ResourceDraft, ResourceRecord } from '../resources.ts';

/** Topics of the saved searches that a new workspace already lists: a client that expects an empty list is wrong. */
const topics = [
  'All Computers with their most recent data',
  'Stale Computers (data older than 24 hours)',
  'Which Management Group is generating the most data points?',
  'Distribution of data Types',
  'All Events',
  'Count of Events grouped by Event ID',
  'Count of Events grouped by Event Log',
  'Count of Events grouped by Event Source',
  'How many connections to Operations Manager',
  'When did my servers initiate restart?',
  'Windows Firewall Policy settings have changed',
  'Shows me changes of services',
  'All Syslogs',
  'All Syslog records grouped by Facility',
  'All Syslogs with errors',
  'All Syslog records grouped by Process Name',
  'Average HTTP Request time by Client IP Address',
  'Average HTTP Request time by HTTP Method',
  'Breakdown of HTTP Request methods by Client',
  'Count of IIS Log Entries by Client IP Address',
  'Count of IIS Log Entries by Host requested by Client',
  'Find the maximum time taken for each page',
  'Which servers had HTTP errors',
  'All Security Activities',
  'Accounts that failed to log on',
  'Computers with security audit changes',
];

export const builtInSearches = (workspace: ResourceRecord): readonly ResourceDraft[] =>
  topics.map((displayName, index) => {
    const name = `LogManagement(${workspace.name})_General|${displayName.replaceAll(/[^A-Za-z]/gu, '').slice(0, 40)}${index}`;
    return {
      id: `${workspace.id}/savedSearches/${name}`,
      type: 'Microsoft.OperationalInsights/workspaces/savedSearches',
      name,
      group: workspace.group,
      properties: { category: 'General Exploration', displayName, query: 'search * | take 1', version: 2, tags: [] },
    };
  });
