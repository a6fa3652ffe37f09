package dev.agentpulse.udf.aggregate;

/** What reviewers give numbers for. */
public enum RubricDimension {
    CLARITY,
    ACCURACY,
    TONE
}
