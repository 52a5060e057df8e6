{{ event_stream([
    'stg_pilot_troubleshooting_step',
    'stg_pilot_hard_reset',
    'stg_pilot_hard_reset_fail',
    'stg_pilot_soft_reset',
    'stg_pilot_soft_reset_fail',
    'stg_pilot_modem_reset',
    'stg_pilot_switch_sim_backup',
    'stg_pilot_reset_gps_hot',
    'stg_pilot_reset_gps_cold',
]) }}
