// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! Workload management: resource plans, pools, triggers, mappings.

use crate::wire::macros::{wire_enum, wire_struct};

wire_enum! {
    /// Since 3.1.
    WMPoolSchedulingPolicy {
        FAIR = 1,
        FIFO = 2,
    }
}

wire_enum! {
    /// Since 3.1.
    WMResourcePlanStatus {
        ACTIVE = 1,
        ENABLED = 2,
        DISABLED = 3,
    }
}

wire_struct! {
    /// Since 3.1.
    WMAlterPoolRequest {
        1: pool: Option<WMNullablePool>,
        2: pool_path: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMAlterPoolResponse {}
}

wire_struct! {
    /// Since 3.1.
    WMAlterResourcePlanRequest {
        1: resource_plan_name: Option<String>,
        2: resource_plan: Option<WMNullableResourcePlan>,
        3: is_enable_and_activate: Option<bool>,
        4: is_force_deactivate: Option<bool>,
        5: is_replace: Option<bool>,
        /// Since 4.0.
        6: ns: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMAlterResourcePlanResponse {
        1: full_resource_plan: Option<WMFullResourcePlan>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMAlterTriggerRequest {
        1: trigger: Option<WMTrigger>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMAlterTriggerResponse {}
}

wire_struct! {
    /// Since 3.1.
    WMCreateOrDropTriggerToPoolMappingRequest {
        1: resource_plan_name: Option<String>,
        2: trigger_name: Option<String>,
        3: pool_path: Option<String>,
        4: drop: Option<bool>,
        /// Since 4.0.
        5: ns: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMCreateOrDropTriggerToPoolMappingResponse {}
}

wire_struct! {
    /// Since 3.1.
    WMCreateOrUpdateMappingRequest {
        1: mapping: Option<WMMapping>,
        2: update: Option<bool>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMCreateOrUpdateMappingResponse {}
}

wire_struct! {
    /// Since 3.1.
    WMCreatePoolRequest {
        1: pool: Option<WMPool>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMCreatePoolResponse {}
}

wire_struct! {
    /// Since 3.1.
    WMCreateResourcePlanRequest {
        1: resource_plan: Option<WMResourcePlan>,
        2: copy_from: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMCreateResourcePlanResponse {}
}

wire_struct! {
    /// Since 3.1.
    WMCreateTriggerRequest {
        1: trigger: Option<WMTrigger>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMCreateTriggerResponse {}
}

wire_struct! {
    /// Since 3.1.
    WMDropMappingRequest {
        1: mapping: Option<WMMapping>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMDropMappingResponse {}
}

wire_struct! {
    /// Since 3.1.
    WMDropPoolRequest {
        1: resource_plan_name: Option<String>,
        2: pool_path: Option<String>,
        /// Since 4.0.
        3: ns: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMDropPoolResponse {}
}

wire_struct! {
    /// Since 3.1.
    WMDropResourcePlanRequest {
        1: resource_plan_name: Option<String>,
        /// Since 4.0.
        2: ns: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMDropResourcePlanResponse {}
}

wire_struct! {
    /// Since 3.1.
    WMDropTriggerRequest {
        1: resource_plan_name: Option<String>,
        2: trigger_name: Option<String>,
        /// Since 4.0.
        3: ns: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMDropTriggerResponse {}
}

wire_struct! {
    /// Since 3.1.
    WMFullResourcePlan {
        1 required("plan"): plan: WMResourcePlan,
        2 required("pools"): pools: Vec<WMPool>,
        3: mappings: Option<Vec<WMMapping>>,
        4: triggers: Option<Vec<WMTrigger>>,
        5: pool_triggers: Option<Vec<WMPoolTrigger>>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMGetActiveResourcePlanRequest {
        /// Since 4.0.
        1: ns: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMGetActiveResourcePlanResponse {
        1: resource_plan: Option<WMFullResourcePlan>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMGetAllResourcePlanRequest {
        /// Since 4.0.
        1: ns: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMGetAllResourcePlanResponse {
        1: resource_plans: Option<Vec<WMResourcePlan>>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMGetResourcePlanRequest {
        1: resource_plan_name: Option<String>,
        /// Since 4.0.
        2: ns: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMGetResourcePlanResponse {
        1: resource_plan: Option<WMFullResourcePlan>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMGetTriggersForResourePlanRequest {
        1: resource_plan_name: Option<String>,
        /// Since 4.0.
        2: ns: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMGetTriggersForResourePlanResponse {
        1: triggers: Option<Vec<WMTrigger>>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMMapping {
        1 required("resourcePlanName"): resource_plan_name: String,
        2 required("entityType"): entity_type: String,
        3 required("entityName"): entity_name: String,
        4: pool_path: Option<String>,
        5: ordering: Option<i32>,
        /// Since 4.0.
        6: ns: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMNullablePool {
        1 required("resourcePlanName"): resource_plan_name: String,
        2 required("poolPath"): pool_path: String,
        3: alloc_fraction: Option<f64>,
        4: query_parallelism: Option<i32>,
        5: scheduling_policy: Option<String>,
        6: is_set_scheduling_policy: Option<bool>,
        /// Since 4.0.
        7: ns: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMNullableResourcePlan {
        1: name: Option<String>,
        2: status: Option<WMResourcePlanStatus>,
        4: query_parallelism: Option<i32>,
        5: is_set_query_parallelism: Option<bool>,
        6: default_pool_path: Option<String>,
        7: is_set_default_pool_path: Option<bool>,
        /// Since 4.0.
        8: ns: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMPool {
        1 required("resourcePlanName"): resource_plan_name: String,
        2 required("poolPath"): pool_path: String,
        3: alloc_fraction: Option<f64>,
        4: query_parallelism: Option<i32>,
        5: scheduling_policy: Option<String>,
        /// Since 4.0.
        6: ns: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMPoolTrigger {
        1 required("pool"): pool: String,
        2 required("trigger"): trigger: String,
        /// Since 4.0.
        3: ns: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMResourcePlan {
        1 required("name"): name: String,
        2: status: Option<WMResourcePlanStatus>,
        3: query_parallelism: Option<i32>,
        4: default_pool_path: Option<String>,
        /// Since 4.0.
        5: ns: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMTrigger {
        1 required("resourcePlanName"): resource_plan_name: String,
        2 required("triggerName"): trigger_name: String,
        3: trigger_expression: Option<String>,
        4: action_expression: Option<String>,
        5: is_in_unmanaged: Option<bool>,
        /// Since 4.0.
        6: ns: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMValidateResourcePlanRequest {
        1: resource_plan_name: Option<String>,
        /// Since 4.0.
        2: ns: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    WMValidateResourcePlanResponse {
        1: errors: Option<Vec<String>>,
        2: warnings: Option<Vec<String>>,
    }
}
