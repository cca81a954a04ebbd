/** Azure Policy as a question: nothing of it is ever changed. */
export interface Policies {
  /**
   * Assignments that apply to a group, those of its subscription and of management groups among them; undefined asks for the
   * subscription, for a group that is not there yet.
   */
  assigned(resourceGroup: string | undefined, signal: AbortSignal): Promise<readonly PolicyAssignment[]>;
  /** What would refuse a resource if it were made now. Needs the provider Microsoft.PolicyInsights in the subscription. */
  denials(
    resourceGroup: string | undefined,
    resource: PlannedResource,
    signal: AbortSignal,
  ): Promise<readonly Denial[]>;
}

export interface PolicyAssignment {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
}

/** The body of the PUT that is planned, with what the PUT's path says. */
export interface PlannedResource {
  readonly type: string;
  readonly name: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Of the body; not part of it. */
  readonly apiVersion?: string;
  readonly [member: string]: unknown;
}

export interface Denial {
  readonly assignmentId: string;
  /** What the rule compared; empty where the caller may not read policies. */
  readonly fields: readonly ComparedField[];
}

export interface ComparedField {
  /** `location`, `tags[cost]`, or an alias. */
  readonly name: string;
  /** Undefined where the resource has none. */
  readonly value: string | undefined;
  readonly operator: string;
  readonly target: string | undefined;
}
