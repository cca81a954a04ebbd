import { at, objectAt, textAt } from '../../json.ts';
import type { Route } from '../context.ts';

/** What the caller must be allowed on another resource, too, because a write links with it. */
export interface Link {
  readonly action: string;
  readonly scope: string;
}

/** The links that ARM checks before it asks the provider: a cluster's workspace, and the rule of an association. */
export const linksOf = (route: Route, body: unknown): readonly Link[] => {
  if (route.method !== 'PUT') return [];
  const properties = objectAt(body, 'properties');
  const link = (action: string, scope: string | undefined): readonly Link[] =>
    scope === undefined || scope === '' ? [] : [{ action, scope }];
  if (route.type === 'managedClusters') {
    const addon = objectAt(properties, 'addonProfiles', 'omsagent');
    const workspace = textAt(addon, 'config', 'logAnalyticsWorkspaceResourceID');
    return at(addon, 'enabled') === true
      ? link('Microsoft.OperationalInsights/workspaces/sharedkeys/read', workspace)
      : [];
  }
  return route.type === 'dataCollectionRuleAssociations'
    ? link('Microsoft.Insights/dataCollectionRules/read', textAt(properties, 'dataCollectionRuleId'))
    : [];
};
